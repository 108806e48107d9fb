//! How members are shown.

use quorate_api::etcdserverpb::{
    Member, MemberAddResponse, MemberListResponse, MemberPromoteResponse, MemberRemoveResponse,
    MemberUpdateResponse, ResponseHeader,
};

use crate::ctl::print::{Answer, Encoded, Page};
use crate::go::{JsonObject, Table, json_string, quote};

/// To `member add`.
pub(super) struct Added<'a> {
    pub(super) name: &'a str,
    pub(super) peer_urls: &'a str,
    pub(super) response: MemberAddResponse,
}

impl Answer for Added<'_> {
    fn simple(&self, page: &mut Page) {
        let member = self.response.member.clone().unwrap_or_default();
        let kind = if member.is_learner {
            " as learner "
        } else {
            " "
        };
        let (id, cluster) = (member.id, cluster(self.response.header.as_ref()));
        page.line(format_args!(
            "Member {id:16x} added{kind}to cluster {cluster:16x}"
        ));
        page.line("");
        let mut all = Vec::new();
        for other in &self.response.members {
            let name = if other.id == id {
                self.name
            } else {
                &other.name
            };
            all.extend(other.peer_ur_ls.iter().map(|url| format!("{name}={url}")));
        }
        for (variable, value) in [
            ("ETCD_NAME", self.name),
            ("ETCD_INITIAL_CLUSTER", &all.join(",")),
            ("ETCD_INITIAL_ADVERTISE_PEER_URLS", self.peer_urls),
            ("ETCD_INITIAL_CLUSTER_STATE", "existing"),
        ] {
            page.line(format_args!("{variable}={}", quote(value.as_bytes())));
        }
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}

/// To `member remove`.
pub(super) struct Removed {
    pub(super) id: u64,
    pub(super) response: MemberRemoveResponse,
}

impl Answer for Removed {
    fn simple(&self, page: &mut Page) {
        let (id, cluster) = (self.id, cluster(self.response.header.as_ref()));
        page.line(format_args!(
            "Member {id:16x} removed from cluster {cluster:16x}"
        ));
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}

/// To `member update`.
pub(super) struct Updated {
    pub(super) id: u64,
    pub(super) response: MemberUpdateResponse,
}

impl Answer for Updated {
    fn simple(&self, page: &mut Page) {
        let (id, cluster) = (self.id, cluster(self.response.header.as_ref()));
        page.line(format_args!(
            "Member {id:16x} updated in cluster {cluster:16x}"
        ));
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}

/// To `member promote`.
pub(super) struct Promoted {
    pub(super) id: u64,
    pub(super) response: MemberPromoteResponse,
}

impl Answer for Promoted {
    fn simple(&self, page: &mut Page) {
        let (id, cluster) = (self.id, cluster(self.response.header.as_ref()));
        page.line(format_args!(
            "Member {id:16x} promoted in cluster {cluster:16x}"
        ));
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(&self.response))
    }
}

impl Answer for MemberListResponse {
    fn simple(&self, page: &mut Page) {
        for member in &self.members {
            page.line(row(member).join(", "));
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        for member in &self.members {
            page.id("ID", member.id);
            page.quoted("Name", member.name.as_bytes());
            for url in &member.peer_ur_ls {
                page.quoted("PeerURL", url.as_bytes());
            }
            for url in &member.client_ur_ls {
                page.quoted("ClientURL", url.as_bytes());
            }
            page.field("IsLearner", member.is_learner);
            page.line("");
        }
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }

    fn json(&self, hex: bool) -> Option<String> {
        if hex {
            return Some(hexadecimal_json(self));
        }
        self.message().map(|message| message.json())
    }

    fn table(&self) -> Option<Table> {
        let heads = [
            "ID",
            "Status",
            "Name",
            "Peer Addrs",
            "Client Addrs",
            "Is Learner",
        ];
        let mut table = Table::new(&heads);
        for member in &self.members {
            table.row(row(member));
        }
        Some(table)
    }
}

fn row(member: &Member) -> [String; 6] {
    let status = if member.name.is_empty() {
        "unstarted"
    } else {
        "started"
    };
    [
        format!("{:x}", member.id),
        status.to_owned(),
        member.name.clone(),
        member.peer_ur_ls.join(","),
        member.client_ur_ls.join(","),
        member.is_learner.to_string(),
    ]
}

/// With ids as texts in hexadecimal; without what etcdctl leaves out here.
fn hexadecimal_json(response: &MemberListResponse) -> String {
    let header = response.header.unwrap_or_default();
    let header = JsonObject::new()
        .string("cluster_id", &format!("{:x}", header.cluster_id))
        .string("member_id", &format!("{:x}", header.member_id))
        .number("raft_term", header.raft_term)
        .end();
    let mut object = JsonObject::new();
    object.raw("header", &header);
    let members: Vec<String> = response.members.iter().map(hexadecimal_member).collect();
    if !members.is_empty() {
        object.raw("members", &format!("[{}]", members.join(",")));
    }
    object.end()
}

fn hexadecimal_member(member: &Member) -> String {
    let list = |urls: &[String]| {
        if urls.is_empty() {
            return "null".to_owned();
        }
        let urls: Vec<String> = urls.iter().map(|url| json_string(url)).collect();
        format!("[{}]", urls.join(","))
    };
    JsonObject::new()
        .string("ID", &format!("{:x}", member.id))
        .string("name", &member.name)
        .raw("peerURLs", &list(&member.peer_ur_ls))
        .raw("clientURLs", &list(&member.client_ur_ls))
        .end()
}

fn cluster(header: Option<&ResponseHeader>) -> u64 {
    header.map_or(0, |header| header.cluster_id)
}
