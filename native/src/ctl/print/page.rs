//! What is to be printed, line by line.

use std::fmt::Display;

use quorate_api::etcdserverpb::ResponseHeader;
use quorate_api::mvccpb::KeyValue;

use crate::go::quote;

/// Collects an answer, to be written in one go.
pub(crate) struct Page {
    out: Vec<u8>,
    hex: bool,
    values_only: bool,
}

impl Page {
    pub(super) fn new(hex: bool, values_only: bool) -> Self {
        Self {
            out: Vec::new(),
            hex,
            values_only,
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, text: impl Display) {
        self.bytes(text.to_string().as_bytes());
        self.out.push(b'\n');
    }

    /// Adds bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Adds a key and its value, a line each.
    pub(crate) fn key_value(&mut self, kv: &KeyValue) {
        if !self.values_only {
            self.bytes_line(&kv.key);
        }
        self.bytes_line(&kv.value);
    }

    fn bytes_line(&mut self, bytes: &[u8]) {
        if self.hex {
            let text: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            self.line(text);
        } else {
            self.bytes(bytes);
            self.out.push(b'\n');
        }
    }

    /// Adds a field.
    pub(crate) fn field(&mut self, name: &str, value: impl Display) {
        self.line(format_args!("\"{name}\" : {value}"));
    }

    /// Adds a field whose value stands in quotation marks.
    pub(crate) fn quoted(&mut self, name: &str, value: &[u8]) {
        self.field(name, quote(value));
    }

    /// Adds the id of a member or a cluster.
    pub(crate) fn id(&mut self, name: &str, id: u64) {
        if self.hex {
            self.field(name, format_args!("{id:x}"));
        } else {
            self.field(name, id);
        }
    }

    /// Adds the id of a lease.
    pub(crate) fn lease(&mut self, name: &str, id: i64) {
        if self.hex {
            self.field(name, format_args!("{id:016x}"));
        } else {
            self.field(name, id);
        }
    }

    /// Adds what every answer begins with.
    pub(crate) fn header(&mut self, header: Option<&ResponseHeader>) {
        let header = header.copied().unwrap_or_default();
        self.id("ClusterID", header.cluster_id);
        self.id("MemberID", header.member_id);
        // Means something only in answers about keys.
        if header.revision > 0 {
            self.field("Revision", header.revision);
        }
        self.field("RaftTerm", header.raft_term);
    }

    /// Adds a key-value, its names with a prefix.
    pub(crate) fn key_value_fields(&mut self, prefix: &str, kv: &KeyValue) {
        self.quoted(&format!("{prefix}Key"), &kv.key);
        self.field(&format!("{prefix}CreateRevision"), kv.create_revision);
        self.field(&format!("{prefix}ModRevision"), kv.mod_revision);
        self.field(&format!("{prefix}Version"), kv.version);
        self.quoted(&format!("{prefix}Value"), &kv.value);
        self.lease(&format!("{prefix}Lease"), kv.lease);
    }
}
