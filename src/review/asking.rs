//! What a figure is asked with: the review's own quarter, day and scope, and the
//! values of the row that led to it.

use crate::catalog::Figure;
use crate::domain::{Dimension, Value};
use crate::workspace::Parameters;

/// The parameters of a figure cut by this dimension. A value that the figure can't
/// take is left out: it then answers for more rows rather than for none.
pub fn asking(
    figure: &Figure,
    lens: &Parameters,
    by: Dimension,
    values: &[(String, Value)],
) -> Parameters {
    let mut parameters = lens.clone();
    parameters.by = by;
    for (name, value) in values {
        if let Ok(with) = parameters.clone().with(name, value.clone()) {
            parameters = with;
        }
    }
    parameters.extra.retain(|name, _| figure.parameters.iter().any(|p| p.name == *name));
    parameters
}
