//! A message of the wire, with its description.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage};

use crate::go;

/// A message as bytes, and which it is.
pub(crate) struct Encoded {
    name: String,
    /// As protobuf.
    pub(crate) bytes: Vec<u8>,
}

impl Encoded {
    /// Encodes a message.
    pub(crate) fn new<M: Message + Name>(message: &M) -> Self {
        Self {
            name: M::full_name(),
            bytes: message.encode_to_vec(),
        }
    }

    /// A message that was encoded already.
    pub(crate) fn of_parts(name: String, bytes: Vec<u8>) -> Self {
        Self { name, bytes }
    }

    /// As Go's `encoding/json` writes the message's struct.
    pub(crate) fn json(&self) -> String {
        let known = POOL
            .get_message_by_name(&self.name)
            .expect("the messages and the descriptions are made of the same protos");
        let message = DynamicMessage::decode(known, self.bytes.as_slice())
            .expect("what was encoded a moment ago can be decoded");
        go::message_json(&message)
    }
}

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(quorate_api::FILE_DESCRIPTOR_SET)
        .expect("the build script wrote descriptions that it had compiled")
});
