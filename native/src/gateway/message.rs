//! One message, from JSON and to it (protobuf's mapping, by `quorate_api`).

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tonic::Status;

use super::nesting;

/// Reads a message. As in etcd nothing at all is an empty message, what stands behind the first
/// value is passed over, fields that nobody knows are too, and `null` is a field left out.
///
/// Each level of the text is some calls within one another, in this reader and in the generated
/// ones, so the stack is chosen by what the text needs and never runs out.
pub(super) fn read<Q: DeserializeOwned + Default + Send>(text: &[u8]) -> Result<Q, Status> {
    nesting::on_fitting_stack(text, || read_here(text))?
}

fn read_here<Q: DeserializeOwned + Default>(text: &[u8]) -> Result<Q, Status> {
    let mut json = serde_json::Deserializer::from_slice(text);
    // It has been counted: `nesting` refuses what is too deep.
    json.disable_recursion_limit();
    let mut values = json.into_iter::<Value>();
    match values.next() {
        None => Ok(Q::default()),
        Some(Ok(mut value)) => {
            drop_nulls(&mut value);
            Q::deserialize(&value).map_err(|error| misread(&error, &value))
        }
        Some(Err(error)) => Err(unreadable(&error)),
    }
}

/// Writes a message.
pub(super) fn write<A: Serialize>(message: &A) -> Result<Vec<u8>, Status> {
    serde_json::to_vec(message).map_err(|error| Status::internal(error.to_string()))
}

/// What is told of JSON that is none.
pub(super) fn unreadable(error: &serde_json::Error) -> Status {
    Status::invalid_argument(format!("proto: {error}"))
}

/// What is told of JSON that is none of this message. The generated readers do not say which
/// number was wrong, etcd's do.
fn misread(error: &serde_json::Error, value: &Value) -> Status {
    let text = error.to_string();
    let is_of_number = ["untagged enum", "floating point", "out of range"]
        .iter()
        .any(|part| text.contains(part));
    if let Some(number) = is_of_number.then(|| number_out_of_place(value)).flatten() {
        // As it is written most of the time.
        let number = number.to_string().replace("e+", "e");
        return Status::invalid_argument(format!(
            "json: cannot unmarshal number {number} into Go value of type int64"
        ));
    }
    if text.contains("invalid digit found in string") {
        let text = "proto: a string that should hold a whole number holds something else";
        return Status::invalid_argument(text);
    }
    unreadable(error)
}

/// A number with a fraction, or beyond what 64 bits hold: no field has one.
fn number_out_of_place(value: &Value) -> Option<&serde_json::Number> {
    match value {
        Value::Number(number) if number.as_i64().is_none() => Some(number),
        Value::Object(fields) => fields.values().find_map(number_out_of_place),
        Value::Array(items) => items.iter().find_map(number_out_of_place),
        _ => None,
    }
}

/// The generated readers refuse `null` for a scalar, which protobuf's mapping takes as its default.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use quorate_api::etcdserverpb as pb;

    use super::*;

    fn put(text: &str) -> Result<pb::PutRequest, String> {
        read(text.as_bytes()).map_err(|status| status.message().to_owned())
    }

    #[test]
    fn both_spellings_of_names_and_all_of_numbers_are_read() {
        let expected = pb::PutRequest {
            key: "foo".into(),
            value: "bar".into(),
            lease: 7,
            prev_kv: true,
            ..pb::PutRequest::default()
        };
        for text in [
            r#"{"key":"Zm9v","value":"YmFy","lease":"7","prev_kv":true}"#,
            r#"{"key":"Zm9v","value":"YmFy","lease":7,"prevKv":true} and more"#,
            r#"{"key":"Zm9v","value":"YmFy","lease":"7","prevKv":true,"ignore_value":null,"x":{}}"#,
        ] {
            assert_eq!(put(text), Ok(expected.clone()), "{text}");
        }
        for (text, number) in [(r#"{"lease":-1.5}"#, "-1.5"), (r#"{"lease":1e30}"#, "1e30")] {
            let message =
                format!("json: cannot unmarshal number {number} into Go value of type int64");
            assert_eq!(put(text), Err(message));
        }
        let reason = put(r#"{"lease":"x"}"#).expect_err("no number");
        assert!(reason.contains("should hold a whole number"), "{reason}");
        assert_eq!(put(""), Ok(pb::PutRequest::default()));
        assert_eq!(put(" \n"), Ok(pb::PutRequest::default()));
        for bad in ["{", "[]", "7", r#"{"key":7}"#, r#"{"lease":"x"}"#, "null"] {
            let reason = put(bad).expect_err(bad);
            assert!(reason.starts_with("proto: "), "{reason}");
        }
    }

    #[test]
    fn answers_are_written_as_etcd_writes_them() {
        let reply = pb::RangeResponse {
            header: Some(pb::ResponseHeader {
                cluster_id: 14_841_639_068_965_178_418,
                revision: 2,
                ..pb::ResponseHeader::default()
            }),
            kvs: vec![quorate_api::mvccpb::KeyValue {
                key: "foo".into(),
                create_revision: 2,
                ..Default::default()
            }],
            more: false,
            count: 1,
        };
        let text = String::from_utf8(write(&reply).expect("good")).expect("UTF-8");
        assert_eq!(
            text,
            "{\"header\":{\"cluster_id\":\"14841639068965178418\",\"revision\":\"2\"},\
             \"kvs\":[{\"key\":\"Zm9v\",\"create_revision\":\"2\"}],\"count\":\"1\"}"
        );
        let grant = pb::LeaseGrantResponse {
            id: 7,
            ttl: 60,
            ..Default::default()
        };
        let text = String::from_utf8(write(&grant).expect("good")).expect("UTF-8");
        assert_eq!(text, "{\"ID\":\"7\",\"TTL\":\"60\"}");
    }
}
