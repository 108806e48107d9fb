//! Printing answers in the five formats.
//!
//! Each command's file says how its answer looks ([`Answer`]); what formats have in common is
//! here. An answer that a format cannot show ends with exit code 4, after the call was made, as
//! with etcdctl.

mod message;
mod page;

use std::cell::Cell;
use std::io::{self, Write};

pub(crate) use message::Encoded;
pub(crate) use page::Page;

use super::failure::{Exit, Failure};
use crate::go::Table;

/// How an answer looks.
pub(crate) trait Answer {
    /// For people and scripts.
    fn simple(&self, page: &mut Page);

    /// `"Name" : value`, one a line; false when there is no such form.
    fn fields(&self, _page: &mut Page) -> bool {
        false
    }

    /// The message of the wire, which gives JSON and protobuf.
    fn message(&self) -> Option<Encoded> {
        None
    }

    /// As JSON.
    fn json(&self, _hex: bool) -> Option<String> {
        self.message().map(|message| message.json())
    }

    /// As protobuf.
    fn protobuf(&self) -> Option<Vec<u8>> {
        self.message().map(|message| message.bytes)
    }

    /// As a table.
    fn table(&self) -> Option<Table> {
        None
    }
}

/// `--write-out`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The default.
    Simple,
    /// `"Name" : value`.
    Fields,
    /// JSON.
    Json,
    /// The wire's bytes.
    Protobuf,
    /// A drawn table.
    Table,
}

/// Prints answers as the flags say.
pub(crate) struct Printer {
    /// The format.
    pub(crate) format: Format,
    hex: bool,
    values_only: Cell<bool>,
}

impl Printer {
    /// By the values of `--write-out` and `--hex`.
    ///
    /// # Errors
    /// There is no such format.
    pub(crate) fn new(format: &str, hex: bool) -> Result<Self, Failure> {
        let format = match format {
            "simple" => Format::Simple,
            "fields" => Format::Fields,
            "json" => Format::Json,
            "protobuf" => Format::Protobuf,
            "table" => Format::Table,
            _ => {
                let text = "unsupported output format";
                return Err(Failure::new(Exit::BadFeature, text));
            }
        };
        Ok(Self {
            format,
            hex,
            values_only: Cell::new(false),
        })
    }

    /// Whether lines for people are wanted.
    pub(crate) fn is_simple(&self) -> bool {
        self.format == Format::Simple
    }

    /// From now on only values, no keys.
    pub(crate) fn print_values_only(&self) {
        self.values_only.set(true);
    }

    /// Prints an answer.
    ///
    /// # Errors
    /// The format cannot show it, or nobody reads.
    pub(crate) fn print(&self, answer: &impl Answer) -> Result<(), Failure> {
        Ok(write(self.page(answer)?)?)
    }

    /// What would be printed.
    #[cfg(test)]
    pub(crate) fn text(&self, answer: &impl Answer) -> Result<String, Failure> {
        let bytes = self.page(answer)?.into_bytes();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn page(&self, answer: &impl Answer) -> Result<Page, Failure> {
        let mut page = Page::new(self.hex, self.values_only.get());
        let shown = match self.format {
            Format::Simple => {
                answer.simple(&mut page);
                true
            }
            Format::Fields => answer.fields(&mut page),
            Format::Json => answer.json(self.hex).map(|text| page.line(text)).is_some(),
            Format::Protobuf => answer.protobuf().map(|bytes| page.bytes(&bytes)).is_some(),
            Format::Table => answer
                .table()
                .map(|table| page.line(table.text()))
                .is_some(),
        };
        if shown {
            return Ok(page);
        }
        Err(not_supported(self.format))
    }

    /// Prints a line that is the same in all formats.
    ///
    /// # Errors
    /// Nobody reads.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        line(text)
    }
}

/// Prints a line.
///
/// # Errors
/// Nobody reads.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    let mut page = Page::new(false, false);
    page.line(text);
    Ok(write(page)?)
}

/// The format does not show such an answer.
pub(crate) fn not_supported(format: Format) -> Failure {
    let name = match format {
        Format::Simple => "simple",
        Format::Fields => "fields",
        Format::Json => "json",
        Format::Protobuf => "protobuf",
        Format::Table => "table",
    };
    let text = format!("{name} not supported as output format");
    Failure::new(Exit::BadFeature, text)
}

fn write(page: Page) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(&page.into_bytes())?;
    out.flush()
}
