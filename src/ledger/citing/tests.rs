//! What counts as the same result.

use super::*;
use crate::domain::TableColumn;

fn table(columns: &[&str], rows: Vec<Vec<Value>>) -> Table {
    let column = |name: &&str| TableColumn { name: (*name).to_owned(), type_name: String::new() };
    Table { columns: columns.iter().map(column).collect(), rows }
}

/// Worked out with `sha256sum` over the two lines that the text of [`result_hash`] describes.
#[test]
fn the_bytes_of_a_result_are_those_described() {
    let table = table(
        &["slice", "rate"],
        vec![vec![Value::from("Öst"), Value::Float(0.1 + 0.2)], vec![Value::Null, Value::Int(3)]],
    );
    let bytes = "[\"slice\",\"rate\"]\n[\"Öst\",\"0.3\"]\n[null,\"3\"]\n";
    let expected: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(result_hash(&table), expected);
}

#[test]
fn another_cell_another_column_or_another_order_is_another_result() {
    let one = |name: &str, cells: [i64; 2]| {
        result_hash(&table(&[name], cells.map(|cell| vec![Value::Int(cell)]).into()))
    };
    let first = one("a", [1, 2]);
    assert_ne!(first, one("a", [2, 1]));
    assert_ne!(first, one("b", [1, 2]));
    assert_ne!(first, one("a", [1, 3]));
    assert_eq!(first, one("a", [1, 2]));
}
