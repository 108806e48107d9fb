//! How leases are shown. In JSON etcd's client flattens the header, and names keys in its own way.

use prost::Message;
use quorate_api::etcdserverpb::{
    LeaseGrantResponse, LeaseKeepAliveResponse, LeaseLeasesResponse, LeaseRevokeResponse,
    LeaseTimeToLiveResponse, ResponseHeader,
};

use crate::ctl::print::{Answer, Encoded, Page};
use crate::go::{JsonObject, json_bytes, quote};

impl Answer for LeaseGrantResponse {
    fn simple(&self, page: &mut Page) {
        let (id, ttl) = (self.id, self.ttl);
        page.line(format_args!("lease {id:016x} granted with TTL({ttl}s)"));
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        page.lease("ID", self.id);
        page.field("TTL", self.ttl);
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let mut object = with_header(self.header.as_ref());
        object.number("ID", self.id).number("TTL", self.ttl);
        Some(object.string("Error", &self.error).end())
    }

    fn protobuf(&self) -> Option<Vec<u8>> {
        header_bytes(self.header.as_ref())
    }
}

/// To `lease revoke`.
pub(super) struct Revoked {
    pub(super) id: i64,
    pub(super) response: LeaseRevokeResponse,
}

impl Answer for Revoked {
    fn simple(&self, page: &mut Page) {
        page.line(format_args!("lease {:016x} revoked", self.id));
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.response.header.as_ref());
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }

    fn protobuf(&self) -> Option<Vec<u8>> {
        None
    }
}

/// To `lease timetolive`.
pub(super) struct TimeToLive {
    pub(super) response: LeaseTimeToLiveResponse,
    pub(super) with_keys: bool,
}

impl Answer for TimeToLive {
    fn simple(&self, page: &mut Page) {
        let LeaseTimeToLiveResponse {
            id,
            ttl,
            granted_ttl,
            keys,
            ..
        } = &self.response;
        if *granted_ttl == 0 && *ttl == -1 {
            return page.line(format_args!("lease {id:016x} already expired"));
        }
        let mut text =
            format!("lease {id:016x} granted with TTL({granted_ttl}s), remaining({ttl}s)")
                .into_bytes();
        if self.with_keys {
            text.extend_from_slice(b", attached keys([");
            text.extend_from_slice(&keys.join(&b' '));
            text.extend_from_slice(b"])");
        }
        text.push(b'\n');
        page.bytes(&text);
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.response.header.as_ref());
        page.lease("ID", self.response.id);
        page.field("TTL", self.response.ttl);
        page.field("GrantedTTL", self.response.granted_ttl);
        for key in &self.response.keys {
            page.field("Key", quote(key));
        }
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let response = &self.response;
        let keys: Vec<String> = response.keys.iter().map(|key| json_bytes(key)).collect();
        let keys = match keys.as_slice() {
            [] => "null".to_owned(),
            keys => format!("[{}]", keys.join(",")),
        };
        let mut object = with_header(response.header.as_ref());
        object.number("id", response.id).number("ttl", response.ttl);
        object.number("granted-ttl", response.granted_ttl);
        Some(object.raw("keys", &keys).end())
    }

    fn protobuf(&self) -> Option<Vec<u8>> {
        header_bytes(self.response.header.as_ref())
    }
}

impl Answer for LeaseLeasesResponse {
    fn simple(&self, page: &mut Page) {
        page.line(format_args!("found {} leases", self.leases.len()));
        for lease in &self.leases {
            page.line(format_args!("{:016x}", lease.id));
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        for lease in &self.leases {
            page.lease("ID", lease.id);
        }
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let leases: Vec<String> = self
            .leases
            .iter()
            .map(|lease| JsonObject::new().number("id", lease.id).end())
            .collect();
        let leases = format!("[{}]", leases.join(","));
        Some(
            with_header(self.header.as_ref())
                .raw("leases", &leases)
                .end(),
        )
    }

    fn protobuf(&self) -> Option<Vec<u8>> {
        header_bytes(self.header.as_ref())
    }
}

impl Answer for LeaseKeepAliveResponse {
    fn simple(&self, page: &mut Page) {
        let (id, ttl) = (self.id, self.ttl);
        page.line(format_args!("lease {id:016x} keepalived with TTL({ttl})"));
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        page.lease("ID", self.id);
        page.field("TTL", self.ttl);
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        let mut object = with_header(self.header.as_ref());
        Some(object.number("ID", self.id).number("TTL", self.ttl).end())
    }

    fn protobuf(&self) -> Option<Vec<u8>> {
        header_bytes(self.header.as_ref())
    }
}

/// An object that begins with the header's keys.
fn with_header(header: Option<&ResponseHeader>) -> JsonObject {
    let header = header.copied().unwrap_or_default();
    let mut object = JsonObject::new();
    object.embed(&Encoded::new(&header).json());
    object
}

/// etcdctl's protobuf of these answers is the header's alone: they are structs of its client, in
/// which the header is the only message.
fn header_bytes(header: Option<&ResponseHeader>) -> Option<Vec<u8>> {
    Some(header.copied().unwrap_or_default().encode_to_vec())
}
