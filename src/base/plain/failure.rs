//! Why plain data does not become a type, or a type plain data.

use crate::base::refusal::{Code, Refusal};
use core::fmt::{self, Display};
use serde::de::{Expected, Unexpected};

/// Characters of a given text that are repeated in a message.
const FOUND_CHARACTERS_MAX: usize = 40;

/// A refusal on its way up; the reader knows where, and adds it. In a box, because every result that
/// serde hands on would otherwise be as large as a refusal.
#[derive(Debug)]
pub struct Failure(Box<Refusal>);

impl Failure {
    /// A failure with its code.
    #[must_use]
    #[inline(never)]
    pub fn of(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Refusal::of(code, message)))
    }

    /// The refusal, at the given path; broken JSON has no place in the data.
    #[must_use]
    pub fn at(self, path: String) -> Refusal {
        let has_place = !path.is_empty() && self.0.code != Code::MalformedJson;
        Refusal { field: has_place.then_some(path), ..*self.0 }
    }

    #[inline(never)]
    fn mismatch(code: Code, found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        // serde says what Rust calls its numbers.
        let expected = match expected.as_str() {
            "u64" | "u32" | "usize" => "a whole number from 0",
            "i64" => "a whole number",
            "f64" => "a number",
            other => other,
        };
        Self::of(code, format!("{} found, expected {expected}", described(found)))
    }

    #[inline(never)]
    fn not_one_of(what: &str, found: &str, known: &[&str]) -> Self {
        let found = shortened(found);
        let mut message = format!("unknown {what} `{found}`, expected one of ");
        // Not `join`, of a kilobyte.
        for (place, word) in known.iter().enumerate() {
            message.push_str(if place > 0 { ", `" } else { "`" });
            message.push_str(word);
            message.push('`');
        }
        Self::of(Code::WrongType, message)
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl core::error::Error for Failure {}

impl serde::ser::Error for Failure {
    fn custom<T: Display>(message: T) -> Self {
        Self::of(Code::Internal, message.to_string())
    }
}

impl serde::de::Error for Failure {
    fn custom<T: Display>(message: T) -> Self {
        Self::of(Code::WrongType, message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(Code::WrongType, found, expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(Code::InvalidValue, found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::of(Code::WrongType, format!("`{length}` elements found, expected {expected}"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::not_one_of("word", variant, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let mut failure = Self::not_one_of("field", field, expected);
        failure.0.code = Code::UnknownField;
        failure
    }

    fn missing_field(field: &'static str) -> Self {
        Self::of(Code::MissingField, format!("missing field `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::of(Code::DuplicateField, format!("field `{field}` twice, expected once"))
    }
}

/// What was found. A fraction is not repeated: printing one costs the edge build 6 kB.
fn described(found: Unexpected<'_>) -> String {
    let kind = match found {
        Unexpected::Bool(value) => return format!("boolean `{value}`"),
        Unexpected::Unsigned(value) => return format!("number `{value}`"),
        Unexpected::Signed(value) => return format!("number `{value}`"),
        Unexpected::Str(text) => return format!("string `{}`", shortened(text)),
        Unexpected::Float(_) => "a fraction",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "another type",
    };
    kind.into()
}

fn shortened(text: &str) -> String {
    text.chars().take(FOUND_CHARACTERS_MAX).collect()
}
