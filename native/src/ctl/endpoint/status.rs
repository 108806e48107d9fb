//! `endpoint status`: what each says of itself.

use std::io::{self, Write};

use quorate_api::etcdserverpb::{StatusRequest, StatusResponse};

use super::json_list;
use crate::ctl::context::Context;
use crate::ctl::failure::{Exit, Failure};
use crate::ctl::print::{Answer, Page};
use crate::go::{Table, humanized_bytes};

/// Asks one after the other; those that do not answer are told of, and the others shown.
pub(super) async fn run(context: &Context, endpoints: &[String]) -> Result<(), Failure> {
    let mut statuses = Statuses(Vec::new());
    let mut failed = false;
    for endpoint in endpoints {
        match context.client_of(endpoint)?.status(StatusRequest {}).await {
            Ok(status) => statuses.0.push((endpoint.clone(), status)),
            Err(error) => {
                failed = true;
                // Whoever cannot be told sees the exit code.
                let _ = writeln!(
                    io::stderr(),
                    "Failed to get the status of endpoint {endpoint} ({error})"
                );
            }
        }
    }
    context.print(&statuses)?;
    if failed {
        return Err(Failure::silent(Exit::Error as u8));
    }
    Ok(())
}

struct Statuses(Vec<(String, StatusResponse)>);

impl Answer for Statuses {
    fn simple(&self, page: &mut Page) {
        for (endpoint, status) in &self.0 {
            page.line(row(endpoint, status).join(", "));
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        for (endpoint, status) in &self.0 {
            let downgrade = status.downgrade_info.clone().unwrap_or_default();
            page.header(status.header.as_ref());
            page.quoted("Version", status.version.as_bytes());
            page.quoted("StorageVersion", status.storage_version.as_bytes());
            page.field("DBSize", status.db_size);
            page.field("DBSizeInUse", status.db_size_in_use);
            page.field("DBSizeQuota", status.db_size_quota);
            page.field("Leader", status.leader);
            page.field("IsLearner", status.is_learner);
            page.field("RaftIndex", status.raft_index);
            page.field("RaftTerm", status.raft_term);
            page.field("RaftAppliedIndex", status.raft_applied_index);
            page.field("Errors", format_args!("[{}]", status.errors.join(" ")));
            page.quoted("Endpoint", endpoint.as_bytes());
            page.quoted(
                "DowngradeTargetVersion",
                downgrade.target_version.as_bytes(),
            );
            page.field("DowngradeEnabled", downgrade.enabled);
            page.line("");
        }
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        Some(json_list("Status", &self.0))
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new(&HEADS);
        for (endpoint, status) in &self.0 {
            table.row(row(endpoint, status));
        }
        Some(table)
    }
}

fn row(endpoint: &str, status: &StatusResponse) -> [String; 16] {
    let size = |bytes: i64| humanized_bytes(u64::try_from(bytes).unwrap_or(0));
    let member = status.header.map_or(0, |header| header.member_id);
    let downgrade = status.downgrade_info.clone().unwrap_or_default();
    let used_percent = (status.db_size_in_use * 100)
        .checked_div(status.db_size)
        .unwrap_or(100);
    [
        endpoint.to_owned(),
        format!("{member:x}"),
        status.version.clone(),
        status.storage_version.clone(),
        size(status.db_size),
        size(status.db_size_in_use),
        format!("{}%", 100 - used_percent),
        size(status.db_size_quota),
        (status.leader == member).to_string(),
        status.is_learner.to_string(),
        status.raft_term.to_string(),
        status.raft_index.to_string(),
        status.raft_applied_index.to_string(),
        status.errors.join(", "),
        downgrade.target_version,
        downgrade.enabled.to_string(),
    ]
}

const HEADS: [&str; 16] = [
    "endpoint",
    "ID",
    "version",
    "storage version",
    "db size",
    "in use",
    "percentage not in use",
    "quota",
    "is leader",
    "is learner",
    "raft term",
    "raft index",
    "raft applied index",
    "errors",
    "downgrade target version",
    "downgrade enabled",
];

#[cfg(test)]
mod tests {
    use quorate_api::etcdserverpb::{DowngradeInfo, ResponseHeader};

    use super::*;
    use crate::ctl::print::Printer;

    fn statuses() -> Statuses {
        let status = StatusResponse {
            header: Some(ResponseHeader {
                cluster_id: 0x1355_fcfe_8402_32f5,
                member_id: 0x47a4_2fb9_6a97_5854,
                revision: 7,
                raft_term: 2,
            }),
            version: "3.6.14".to_owned(),
            db_size: 20_480,
            leader: 0x47a4_2fb9_6a97_5854,
            raft_index: 13,
            raft_term: 2,
            raft_applied_index: 13,
            db_size_in_use: 16_384,
            storage_version: "3.6.0".to_owned(),
            db_size_quota: 2_147_483_648,
            downgrade_info: Some(DowngradeInfo::default()),
            ..StatusResponse::default()
        };
        Statuses(vec![("127.0.0.1:2379".to_owned(), status)])
    }

    fn shown(format: &str) -> String {
        let printer = Printer::new(format, true).expect("a format");
        printer.text(&statuses()).expect("it can be shown")
    }

    #[test]
    fn a_status_is_shown_as_in_etcdctl_3_6() {
        assert_eq!(
            shown("simple"),
            "127.0.0.1:2379, 47a42fb96a975854, 3.6.14, 3.6.0, 20 kB, 16 kB, 20%, 2.1 GB, true, \
             false, 2, 13, 13, , , false\n"
        );
        assert_eq!(
            shown("json"),
            "[{\"Endpoint\":\"127.0.0.1:2379\",\"Status\":{\"header\":{\"cluster_id\":\
             1393297829807665909,\"member_id\":5162303546277189716,\"revision\":7,\"raft_term\":2},\
             \"version\":\"3.6.14\",\"dbSize\":20480,\"leader\":5162303546277189716,\
             \"raftIndex\":13,\"raftTerm\":2,\"raftAppliedIndex\":13,\"dbSizeInUse\":16384,\
             \"storageVersion\":\"3.6.0\",\"dbSizeQuota\":2147483648,\"downgradeInfo\":{}}}]\n"
        );
        let fields = shown("fields");
        assert!(
            fields.starts_with("\"ClusterID\" : 1355fcfe840232f5\n"),
            "{fields}"
        );
        assert!(
            fields.contains("\n\"DBSizeQuota\" : 2147483648\n"),
            "{fields}"
        );
        assert!(
            fields.ends_with("\n\"DowngradeEnabled\" : false\n\n"),
            "{fields}"
        );
        let table = shown("table");
        assert!(
            table.contains("| PERCENTAGE NOT IN USE | QUOTA  | IS LEADER |"),
            "{table}"
        );
        let printer = Printer::new("protobuf", false).expect("a format");
        assert!(printer.text(&statuses()).is_err());
    }
}
