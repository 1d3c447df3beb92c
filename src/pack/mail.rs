//! A mail file: opened in a mail program, it is a draft that somebody sends, or does not.
//!
//! Nobody is its sender and nobody its receiver: who opens it fills both in.

use chrono::{DateTime, Utc};
use mail_builder::MessageBuilder;
use mail_builder::headers::raw::Raw;

use super::sheet::line;

/// The file, of a plain text and the same as a page.
pub(super) fn message(
    subject: &str,
    id: &str,
    text: &str,
    page: &str,
    at: DateTime<Utc>,
) -> String {
    let subject = line(subject);
    let id: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let message = MessageBuilder::new()
        .header("X-Unsent", Raw::new("1"))
        .subject(subject.as_str())
        .date(at.timestamp())
        .message_id(format!("{id}.qbr@localhost"))
        .text_body(text)
        .html_body(page);
    // Into memory, which takes everything.
    message.write_to_string().unwrap_or_default()
}
