//! Tables as etcd's tools 3.5 and 3.6 draw them (`tablewriter` 0.0.5).

use comfy_table::{Cell, CellAlignment, ContentArrangement, TableComponent};

/// A table that is filled row by row.
pub(crate) struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows. Heads are printed in capitals, `_` and `.` as spaces.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let head = |name: &&str| name.replace(['_', '.'], " ").to_uppercase();
        Self {
            heads: heads.iter().map(head).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; long texts are broken between words.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().map(|text| wrapped(&text));
        self.rows.push(cells.collect());
    }

    /// All of it, without a newline at the end.
    pub(crate) fn text(&self) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_preset(comfy_table::presets::ASCII_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_style(TableComponent::HeaderLines, '-');
        for component in [
            TableComponent::LeftHeaderIntersection,
            TableComponent::MiddleHeaderIntersections,
            TableComponent::RightHeaderIntersection,
        ] {
            table.set_style(component, '+');
        }
        let heads = self.heads.iter().enumerate();
        let heads = heads.map(|(column, head)| Cell::new(self.centred(column, head)));
        table.set_header(heads.map(|cell| cell.set_alignment(CellAlignment::Center)));
        for row in &self.rows {
            let cells = row.iter().map(Cell::new);
            table.add_row(cells.map(|cell| cell.set_alignment(CellAlignment::Right)));
        }
        table.to_string()
    }

    /// A head whose spaces can be shared out evenly: the odd one goes to its right.
    fn centred(&self, column: usize, head: &str) -> String {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let lines = cells.flat_map(|cell| cell.lines()).chain([head]);
        let width = lines.map(|line| line.chars().count()).max().unwrap_or(0);
        let odd = (width - head.chars().count()) % 2;
        format!("{head}{}", " ".repeat(odd))
    }
}

fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH_MAX => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Cells are broken to lines of this many characters.
const WIDTH_MAX: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_looks_as_in_the_notes() {
        let mut table = Table::new(&["endpoint", "hash_revision", "error"]);
        table.row([
            "http://127.0.0.1:2579".to_owned(),
            "7".to_owned(),
            String::new(),
        ]);
        table.row([
            "x".to_owned(),
            "70".to_owned(),
            "context deadline exceeded and what else came".to_owned(),
        ]);
        let expected = "\
+-----------------------+---------------+-------------------------------+
|       ENDPOINT        | HASH REVISION |             ERROR             |
+-----------------------+---------------+-------------------------------+
| http://127.0.0.1:2579 |             7 |                               |
|                     x |            70 | context deadline exceeded and |
|                       |               |                what else came |
+-----------------------+---------------+-------------------------------+";
        assert_eq!(table.text(), expected);
    }
}
