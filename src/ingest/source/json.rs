//! JSON lines, or one list of objects, as a text: a record for each object, a
//! field for each key.
//!
//! Numbers keep the letters they are written with: DuckDB's own reader takes
//! them through a binary fraction, and money must never be one. Objects within
//! are opened one level (`Account.Name`); what is deeper, and lists, stay JSON.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use rust_decimal::Decimal;
use serde::Deserializer as _;
use serde::de::{self, Deserialize, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::error::ImportError;
use super::super::scratch::Scratch;
use super::super::shape::COLUMNS;
use super::Text;
use super::records::{Records, Unwritable};

/// One object with its white space may be so long.
const LONGEST: u64 = 16 << 20;

/// Reads the file twice: for its keys, and for its values. Gives what there is to say as well.
///
/// # Errors
/// `Damaged` with line and column, `TooLarge`, `Io`.
pub(super) fn read(
    path: &Path,
    mark: u64,
    scratch: &Scratch,
) -> Result<(Text, Vec<String>), ImportError> {
    let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
    let damaged = |why: String| ImportError::Damaged { file: path.to_owned(), what: "JSON", why };
    let large = |why: String| ImportError::TooLarge { file: path.to_owned(), why };
    let mut keys = Keys::default();
    each(path, mark, |_, fields| keys.add(fields)).map_err(|fault| match fault {
        Fault::Io(error) => io(error),
        Fault::Said(why) => damaged(why),
        Fault::TooLarge(why) => large(why),
    })?;
    if keys.names.is_empty() {
        return Err(ImportError::NoRows { file: path.to_owned() });
    }
    let mut temporary = scratch.file().map_err(io)?;
    let mut out = Records::new(BufWriter::new(&mut temporary));
    let written = out.record(keys.names.iter().map(String::as_str)).map_err(Fault::from);
    let written = written.and_then(|()| {
        each(path, mark, |record, fields| {
            let mut values: BTreeMap<usize, String> = BTreeMap::new();
            for (key, value) in fields {
                let Some(place) = keys.places.get(&key) else { continue };
                values.insert(*place, value);
            }
            let last = values.last_key_value().map_or(0, |(place, _)| *place);
            let row = (0..=last).map(|place| values.get(&place).map_or("", String::as_str));
            out.record(row).map_err(|error| Fault::of_record(error, record))
        })
    });
    written.map_err(|fault| match fault {
        Fault::Io(error) => io(error),
        Fault::Said(why) => damaged(why),
        Fault::TooLarge(why) => large(why),
    })?;
    out.finish().map_err(io)?;
    let notes = keys.kept_as_json.iter().map(|name| {
        format!("\"{name}\" holds lists or objects within objects; they are read as JSON text")
    });
    let notes = notes.collect();
    Ok((Text::of_records(temporary.into_temp_path(), 1), notes))
}

/// Names of all fields, in the order in which they first appear.
#[derive(Default)]
struct Keys {
    names: Vec<String>,
    places: HashMap<String, usize>,
    kept_as_json: Vec<String>,
}

impl Keys {
    fn add(&mut self, fields: Vec<(String, String)>) -> Result<(), Fault> {
        for (name, value) in fields {
            if value.starts_with(['[', '{']) && !self.kept_as_json.contains(&name) {
                self.kept_as_json.push(name.clone());
            }
            if self.places.contains_key(&name) {
                continue;
            }
            if self.names.len() == COLUMNS {
                return Err(Fault::TooLarge(format!("it has more than {COLUMNS} different keys")));
            }
            self.places.insert(name.clone(), self.names.len());
            self.names.push(name);
        }
        Ok(())
    }
}

/// Why reading stopped.
enum Fault {
    Io(io::Error),
    /// What is wrong, and where.
    Said(String),
    TooLarge(String),
}

impl Fault {
    fn of_record(error: Unwritable, record: u64) -> Self {
        match error {
            Unwritable::Io(error) => Fault::Io(error),
            Unwritable::Nul => Fault::Said(format!("record {record} holds a NUL character")),
            Unwritable::TooLong => {
                Fault::TooLarge(format!("record {record} has more than a megabyte of text"))
            }
            Unwritable::TooLarge => Fault::TooLarge("it is more than 4 GiB of text".into()),
        }
    }
}

impl From<Unwritable> for Fault {
    fn from(error: Unwritable) -> Self {
        Fault::of_record(error, 0)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            serde_json::error::Category::Io => Fault::Io(error.into()),
            _ => Fault::Said(error.to_string()),
        }
    }
}

/// Gives each object with its number, from 1, as flat fields.
fn each(
    path: &Path,
    mark: u64,
    mut take: impl FnMut(u64, Vec<(String, String)>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut file = File::open(path).map_err(Fault::Io)?;
    let mut first = [0; 4096];
    file.seek(SeekFrom::Start(mark)).map_err(Fault::Io)?;
    let read = file.read(&mut first).map_err(Fault::Io)?;
    let is_list = first[..read].trim_ascii_start().first() == Some(&b'[');
    file.seek(SeekFrom::Start(mark)).map_err(Fault::Io)?;
    let since = Rc::new(Cell::new(0));
    let bounded = Bounded { inner: file, since: Rc::clone(&since) };
    let mut input = serde_json::Deserializer::from_reader(BufReader::new(bounded));
    let mut number = 0;
    let mut stopped = None;
    let mut one = |object: Object| {
        since.set(0);
        number += 1;
        let done = object.flat(number).and_then(|fields| take(number, fields));
        done.map_err(|fault| stopped = Some(fault)).is_ok()
    };
    let ended = if is_list {
        input.deserialize_seq(List(&mut one)).and_then(|()| input.end())
    } else {
        let mut objects = input.into_iter::<Object>();
        loop {
            match objects.next() {
                None => break Ok(()),
                Some(Err(error)) => break Err(error),
                Some(Ok(object)) => {
                    if !one(object) {
                        break Ok(());
                    }
                }
            }
        }
    };
    match (stopped, ended) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) if is_too_long(&error) => {
            Err(Fault::TooLarge(format!("record {} is longer than 16 MB", number + 1)))
        }
        (None, ended) => Ok(ended?),
    }
}

/// Stops where one object takes more than it may.
struct Bounded<R> {
    inner: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.since.set(self.since.get() + read as u64);
        if self.since.get() > LONGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

fn is_too_long(error: &serde_json::Error) -> bool {
    error.io_error_kind() == Some(io::ErrorKind::FileTooLarge)
}

/// An object as it is written: keys in their order, values as they stand.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object for each record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut out: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some(entry) = map.next_entry::<String, Box<RawValue>>()? {
                    out.push(entry);
                }
                Ok(Object(out))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// A list whose objects are taken one by one; ends early when one is not taken.
struct List<F>(F);

impl<'de, F: FnMut(Object) -> bool> Visitor<'de> for List<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(object) = list.next_element_seed(One)? {
            if !(self.0)(object) {
                return Err(de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

struct One;

impl<'de> DeserializeSeed<'de> for One {
    type Value = Object;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        Object::deserialize(deserializer)
    }
}

impl Object {
    /// Its fields, objects within opened one level.
    fn flat(self, record: u64) -> Result<Vec<(String, String)>, Fault> {
        let mut out: Vec<(String, String)> = Vec::with_capacity(self.0.len());
        for (key, value) in self.0 {
            if value.get().starts_with('{') {
                let inner: Object = serde_json::from_str(value.get())?;
                for (name, value) in inner.0 {
                    out.push((format!("{key}.{name}"), text(value.get())?));
                }
            } else {
                out.push((key, text(value.get())?));
            }
        }
        let mut names: Vec<&str> = out.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Fault::Said(format!("record {record} has the key \"{}\" twice", twice[0])));
        }
        Ok(out)
    }
}

/// A value as text: empty for null, a number in its own letters, lists and objects as JSON.
fn text(raw: &str) -> Result<String, Fault> {
    Ok(match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw)?,
        Some(b'n') => String::new(),
        Some(b'-' | b'0'..=b'9') if raw.contains(['e', 'E']) => plain(raw),
        _ => raw.to_owned(),
    })
}

/// `1.5e3` is 1500. What has too many digits stays as it is, and is then no number of ours.
fn plain(raw: &str) -> String {
    Decimal::from_scientific(raw)
        .map_or_else(|_| raw.to_owned(), |number| number.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<(String, Vec<String>), ImportError> {
        let scratch = Scratch::new().expect("a folder");
        let file = scratch.path().join("in.json");
        std::fs::write(&file, text).expect("written");
        let (text, notes) = read(&file, 0, &scratch)?;
        Ok((std::fs::read_to_string(text.path()).expect("read"), notes))
    }

    #[test]
    fn objects_become_records() {
        let lines = "{\"id\": 1, \"amount\": 1234.50, \"name\": \"M\\u00fcller, A\"}\n\n\
                     {\"id\": 2, \"won\": true, \"name\": null}\n";
        let (text, notes) = read_text(lines).expect("read");
        assert_eq!(text, "id,amount,name,won\n1,1234.50,\"Müller, A\"\n2,,,true\n");
        assert!(notes.is_empty());
        let list = format!("[{}]", lines.trim().replace("}\n\n{", "},\n{"));
        assert_eq!(read_text(&list).expect("read").0, text);
    }

    #[test]
    fn numbers_keep_every_digit() {
        let (text, _) =
            read_text("{\"a\": 12345678901234567.89, \"b\": 1.5e3, \"c\": -0}").expect("read");
        assert_eq!(text, "a,b,c\n12345678901234567.89,1500,-0\n");
    }

    #[test]
    fn objects_within_are_opened_one_level() {
        let (text, notes) = read_text(
            "{\"Id\": 1, \"Account\": {\"Name\": \"Acme\", \"Owner\": {\"Id\": 7}}, \"Tags\": [1, 2]}",
        )
        .expect("read");
        assert_eq!(
            text,
            "Id,Account.Name,Account.Owner,Tags\n1,Acme,\"{\"\"Id\"\": 7}\",\"[1, 2]\"\n"
        );
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, word) in [
            ("{\"a\": 1}\n{\"a\": }\n", "line 2"),
            ("{\"a\": 1}\n[1]\n", "line 2"),
            ("[{\"a\": 1}, 5]", "object for each record"),
            ("{\"a\": 1, \"b\": 2, \"a\": 3}", "\"a\" twice"),
            ("[{\"a\": 1}] more", "trailing characters"),
            ("[{\"a\": 1}", "EOF"),
        ] {
            let error = read_text(text).expect_err("refused").to_string();
            assert!(error.contains(word), "{error}");
        }
        assert!(matches!(read_text("[ ]"), Err(ImportError::NoRows { .. })));
        let long = format!("{{\"a\": \"{}\"}}", "x".repeat(17 << 20));
        assert!(matches!(read_text(&long), Err(ImportError::TooLarge { .. })));
    }
}
