//! Fewer and smaller files of the page, before they are compressed: one style sheet in place of
//! many, which share most of their words, and the glue to the module without its comments.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Bundles what trunk has put into a folder.
pub(super) fn all(dist: &Path) -> Result<()> {
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).context("trunk left no index.html")?;
    let (html, sheets) = with_one_sheet(&html);
    ensure!(!sheets.is_empty(), "the page links no style sheet");
    let mut styles = String::new();
    for sheet in &sheets {
        let path = dist.join(sheet);
        styles += &fs::read_to_string(&path)
            .with_context(|| format!("the page links {sheet}, which is not there"))?;
        styles.push('\n');
        fs::remove_file(&path)?;
    }
    fs::write(dist.join(name_of(&sheets)), styles)?;
    fs::write(&index, html)?;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        let is_glue = name.is_some_and(|name| {
            let is_script = path.extension().is_some_and(|ending| ending == "js");
            is_script && name.starts_with("quorate-web-")
        });
        if is_glue {
            fs::write(&path, without_comments(&fs::read_to_string(&path)?))?;
        }
    }
    Ok(())
}

/// The page with one link in place of those to style sheets, and their names in order.
fn with_one_sheet(html: &str) -> (String, Vec<String>) {
    let mut sheets = Vec::new();
    let mut kept = String::new();
    let mut rest = html;
    let mut place = None;
    while let Some(at) = rest.find("<link") {
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        kept += &rest[..at];
        match sheet_of(&rest[at..end]) {
            Some(sheet) => {
                place.get_or_insert(kept.len());
                sheets.push(sheet);
            }
            None => kept += &rest[at..end],
        }
        rest = &rest[end..];
    }
    kept += rest;
    if let Some(place) = place {
        let link = format!("<link rel=\"stylesheet\" href=\"./{}\">", name_of(&sheets));
        kept.insert_str(place, &link);
    }
    (kept, sheets)
}

/// The style sheet that a link is to.
fn sheet_of(link: &str) -> Option<String> {
    let (_, after) = link.split_once("href=")?;
    let after = after.trim_start_matches(['"', '\'']);
    let end = after.find(['"', '\'', ' ', '>']).unwrap_or(after.len());
    let name = after[..end].trim_start_matches("./");
    name.ends_with(".css").then(|| name.to_owned())
}

/// A name that changes when one of them does: of each, the beginning of its own hash.
fn name_of(sheets: &[String]) -> String {
    let hashes = sheets.iter().filter_map(|sheet| sheet.rsplit_once('-'));
    let short = hashes.map(|(_, hash)| hash.chars().take(4).collect::<String>());
    format!("styles-{}.css", short.collect::<String>())
}

/// What wasm-bindgen writes has its comments on lines of their own, and no text of several lines.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let is_code = |line: &&str| {
        let comment = ["//", "/*", "*"].iter().any(|sign| line.starts_with(sign));
        !line.is_empty() && !comment
    };
    let mut code = lines.filter(is_code).collect::<Vec<_>>().join("\n");
    code.push('\n');
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_link_stands_where_the_first_was_and_the_order_is_kept() {
        let html = "<head><link rel=icon href=\"./icon.svg\"><link rel=\"stylesheet\" \
                    href=\"./base-8897862d.css\" integrity=\"x\"/><p><link rel=stylesheet \
                    href=./hands-a52104a0.css></head>";
        let (page, sheets) = with_one_sheet(html);
        assert_eq!(sheets, ["base-8897862d.css", "hands-a52104a0.css"]);
        assert_eq!(
            page,
            "<head><link rel=icon href=\"./icon.svg\">\
             <link rel=\"stylesheet\" href=\"./styles-8897a521.css\"><p></head>"
        );
    }

    #[test]
    fn comments_go_and_code_stays() {
        let script =
            "/**\n * What it does.\n */\nfunction f() {\n    // why\n    return 2 * 3;\n}\n";
        assert_eq!(
            without_comments(script),
            "function f() {\nreturn 2 * 3;\n}\n"
        );
    }
}
