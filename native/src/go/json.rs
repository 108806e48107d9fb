//! `encoding/json` of Go's structs: numbers as numbers, bytes in base64, what is empty left out.
//!
//! Not the JSON of the gateway (`protojson`), which writes long numbers as strings.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::{DynamicMessage, ReflectMessage, Value};

/// A message as Go's generated struct would be written.
pub(crate) fn message_json(message: &DynamicMessage) -> String {
    let mut object = JsonObject::new();
    for field in message.descriptor().fields() {
        if field.containing_oneof().is_some() || !message.has_field(&field) {
            continue;
        }
        object.raw(field.name(), &value_json(&message.get_field(&field)));
    }
    // A choice is an interface in Go: its field bears the choice's name, and is always there.
    for choice in message.descriptor().oneofs() {
        let chosen = choice.fields().find(|field| message.has_field(field));
        let inner = chosen.map_or_else(
            || "null".to_owned(),
            |field| {
                let mut object = JsonObject::new();
                object.raw(field.name(), &value_json(&message.get_field(&field)));
                object.end()
            },
        );
        object.raw(&camel_case(choice.name()), &inner);
    }
    object.end()
}

fn value_json(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::I32(value) | Value::EnumNumber(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::U32(value) => value.to_string(),
        Value::U64(value) => value.to_string(),
        Value::F32(value) => value.to_string(),
        Value::F64(value) => value.to_string(),
        Value::String(value) => json_string(value),
        Value::Bytes(value) => json_bytes(value),
        Value::Message(message) => message_json(message),
        Value::List(values) => {
            let parts: Vec<String> = values.iter().map(value_json).collect();
            format!("[{}]", parts.join(","))
        }
        // etcd's messages have no maps.
        Value::Map(_) => "null".to_owned(),
    }
}

/// Writes an object key by key, in the order of the calls.
#[derive(Default)]
pub(crate) struct JsonObject {
    text: String,
}

impl JsonObject {
    /// An object without keys.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a key with a value that is JSON already.
    pub(crate) fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{}:{json}", json_string(key));
        self
    }

    /// Adds a key with a number.
    pub(crate) fn number(&mut self, key: &str, value: impl Into<i128>) -> &mut Self {
        self.raw(key, &value.into().to_string())
    }

    /// Adds a key with a boolean.
    pub(crate) fn boolean(&mut self, key: &str, value: bool) -> &mut Self {
        self.raw(key, &value.to_string())
    }

    /// Adds a key with a text.
    pub(crate) fn string(&mut self, key: &str, value: &str) -> &mut Self {
        self.raw(key, &json_string(value))
    }

    /// The keys of another object, as Go has them of an embedded struct.
    pub(crate) fn embed(&mut self, object: &str) -> &mut Self {
        let inside = object
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let inside = inside.unwrap_or_default();
        if !inside.is_empty() {
            self.text.push(if self.text.is_empty() { '{' } else { ',' });
            self.text.push_str(inside);
        }
        self
    }

    /// The object.
    pub(crate) fn end(&mut self) -> String {
        if self.text.is_empty() {
            return "{}".to_owned();
        }
        let mut text = std::mem::take(&mut self.text);
        text.push('}');
        text
    }
}

/// Bytes in base64.
pub(crate) fn json_bytes(bytes: &[u8]) -> String {
    format!("\"{}\"", STANDARD.encode(bytes))
}

/// A text in quotation marks, what HTML reads escaped.
pub(crate) fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `request_union` as Go names the field.
fn camel_case(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(characters).collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_by_go() {
        assert_eq!(
            json_string("a\"<b>&\n\u{1}键\u{2028}"),
            "\"a\\\"\\u003cb\\u003e\\u0026\\n\\u0001键\\u2028\""
        );
    }

    #[test]
    fn objects_keep_the_order_of_their_keys() {
        let mut object = JsonObject::new();
        object.embed("{\"z\":1}").number("b", 2i64).string("a", "x");
        object.embed("{}").boolean("c", false);
        assert_eq!(object.end(), "{\"z\":1,\"b\":2,\"a\":\"x\",\"c\":false}");
        assert_eq!(JsonObject::new().end(), "{}");
        assert_eq!(camel_case("request_union"), "RequestUnion");
    }
}
