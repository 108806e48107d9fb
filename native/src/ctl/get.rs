//! `get`: keys and their values.

use std::ffi::OsString;

use clap::Args;
use quorate_api::etcdserverpb::range_request::{SortOrder, SortTarget};
use quorate_api::etcdserverpb::{RangeRequest, RangeResponse};

use super::context::Context;
use super::failure::{Exit, Failure};
use super::print::{Answer, Encoded, Format, Page};
use super::range::KeyRange;
use crate::go::parse_flag_int;

/// Gets the key or a range of keys
#[derive(Args, Clone, Debug)]
pub(crate) struct Get {
    /// Linearizable(l) or Serializable(s)
    #[arg(long, default_value = "l")]
    consistency: String,
    /// Order of results; ASCEND or DESCEND (ASCEND by default)
    #[arg(long, default_value = "", hide_default_value = true)]
    order: String,
    /// Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION
    #[arg(long, default_value = "", hide_default_value = true)]
    sort_by: String,
    /// Maximum number of results
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    limit: i64,
    /// Get keys with matching prefix
    #[arg(long)]
    prefix: bool,
    /// Get keys that are greater than or equal to the given key using byte compare
    #[arg(long)]
    from_key: bool,
    /// Specify the kv revision
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    rev: i64,
    /// Get only the keys
    #[arg(long)]
    keys_only: bool,
    /// Get only the count
    #[arg(long)]
    count_only: bool,
    /// Only write values when using the "simple" output format
    #[arg(long)]
    print_value_only: bool,
    /// Minimum create revision
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    min_create_rev: i64,
    /// Maximum create revision
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    max_create_rev: i64,
    /// Minimum modification revision
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    min_mod_rev: i64,
    /// Maximum modification revision
    #[arg(long, default_value = "0", value_parser = parse_flag_int)]
    max_mod_rev: i64,
    /// The key, and the end of a range of keys
    #[arg(value_names = ["KEY", "RANGE_END"])]
    keys: Vec<OsString>,
}

impl Get {
    /// Asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let request = self.request()?;
        let response = context.client()?.range(request).await?;
        if self.count_only && context.printer.format != Format::Fields {
            let text = "--count-only is only for `--write-out=fields`";
            return Err(Failure::arguments(text));
        }
        if self.print_value_only {
            if !context.printer.is_simple() {
                let text = "print-value-only is only for `--write-out=simple`";
                return Err(Failure::arguments(text));
            }
            context.printer.print_values_only();
        }
        context.print(&response)
    }

    /// What is to be asked.
    ///
    /// # Errors
    /// When the arguments do not go together.
    pub(crate) fn request(&self) -> Result<RangeRequest, Failure> {
        if self.keys.is_empty() {
            return Err(Failure::arguments(
                "get command needs one argument as key and an optional argument as range_end",
            ));
        }
        if self.keys_only && self.count_only {
            return Err(Failure::arguments(
                "`--keys-only` and `--count-only` cannot be set at the same time, choose one",
            ));
        }
        let range = KeyRange::of_arguments(&self.keys, self.prefix, self.from_key)?;
        for (minimum, maximum, names) in [
            (
                self.min_create_rev,
                self.max_create_rev,
                ("getMinCreateRev", "getMaxCreateRev"),
            ),
            (
                self.min_mod_rev,
                self.max_mod_rev,
                ("getMinModRev", "getMaxModRev"),
            ),
        ] {
            if maximum > 0 && minimum > maximum {
                let text = format!("{}(={minimum}) > {}(={maximum})", names.0, names.1);
                return Err(Failure::new(Exit::BadFeature, text));
            }
        }
        let (order, target) = self.sort()?;
        Ok(RangeRequest {
            key: range.key,
            range_end: range.end,
            limit: self.limit,
            revision: self.rev.max(0),
            sort_order: order.into(),
            sort_target: target.into(),
            serializable: is_serializable(&self.consistency)?,
            keys_only: self.keys_only,
            count_only: self.count_only,
            min_mod_revision: self.min_mod_rev.max(0),
            max_mod_revision: self.max_mod_rev.max(0),
            min_create_revision: self.min_create_rev.max(0),
            max_create_revision: self.max_create_rev.max(0),
        })
    }

    fn sort(&self) -> Result<(SortOrder, SortTarget), Failure> {
        let order = match self.order.to_uppercase().as_str() {
            "ASCEND" => SortOrder::Ascend,
            "DESCEND" => SortOrder::Descend,
            "" => SortOrder::None,
            _ => {
                let text = format!("bad sort order {}", self.order);
                return Err(Failure::new(Exit::BadFeature, text));
            }
        };
        let target = match self.sort_by.to_uppercase().as_str() {
            "CREATE" => SortTarget::Create,
            "KEY" | "" => SortTarget::Key,
            "MODIFY" => SortTarget::Mod,
            "VALUE" => SortTarget::Value,
            "VERSION" => SortTarget::Version,
            _ => {
                let text = format!("bad sort target {}", self.sort_by);
                return Err(Failure::new(Exit::BadFeature, text));
            }
        };
        // Ascending by key is the server's own order: etcd's client asks for no other then.
        match (order, target) {
            (SortOrder::Ascend, SortTarget::Key) => Ok((SortOrder::None, target)),
            sort => Ok(sort),
        }
    }
}

impl Answer for RangeResponse {
    fn simple(&self, page: &mut Page) {
        for kv in &self.kvs {
            page.key_value(kv);
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        for kv in &self.kvs {
            page.key_value_fields("", kv);
        }
        page.field("More", self.more);
        page.field("Count", self.count);
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}

/// Reads `--consistency`.
///
/// # Errors
/// It is neither `l` nor `s`.
pub(crate) fn is_serializable(consistency: &str) -> Result<bool, Failure> {
    match consistency {
        "l" => Ok(false),
        "s" => Ok(true),
        other => {
            let text = format!("unknown consistency flag {other:?}");
            Err(Failure::new(Exit::BadFeature, text))
        }
    }
}
