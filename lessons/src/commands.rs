//! What `cargo xtask lesson` does.

mod preview;

use std::fs;
use std::path::{Path, PathBuf};

use quorate_lessons::{Bundle, Language, Lesson, Texts, page_bundle};

pub(crate) use preview::preview;

/// What went wrong, for a person.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Makes a lesson's folder.
pub(crate) fn new(name: &str) -> Outcome {
    let id = name.trim_start_matches(|next: char| next.is_ascii_digit());
    let id = id.trim_start_matches('-');
    let is_good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() || !id.bytes().all(is_good) {
        return Err(format!(
            "\"{name}\" cannot be a lesson's name; write small letters, digits and hyphens: \
             slow-disk, or 18-slow-disk to say where it stands"
        ));
    }
    let folders = folders()?;
    if let Some(taken) = folders
        .iter()
        .find(|folder| folder.ends_with(&format!("-{id}")))
    {
        return Err(format!(
            "there is a lesson of that name already: lessons/{taken}"
        ));
    }
    let folder = if id.len() < name.len() {
        name.to_owned()
    } else {
        let numbers = folders.iter().filter_map(|folder| {
            let (number, _) = folder.split_once('-')?;
            number.parse::<u32>().ok()
        });
        format!("{:02}-{id}", numbers.max().unwrap_or(0) + 1)
    };
    let path = root().join(&folder);
    fs::create_dir(&path).map_err(|error| format!("cannot make {}: {error}", path.display()))?;
    for (file, text) in SKELETON {
        let path = path.join(file);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    println!("lessons/{folder} can be run at once: cargo xtask lesson preview {id}");
    println!("CONTRIBUTING.md, \"Add a lesson\", tells what belongs into its files.");
    Ok(())
}

/// All lessons, in their order.
pub(crate) fn list() -> Outcome {
    for folder in folders()? {
        let files = files(&folder)?;
        let lesson = Lesson::read(&folder, &files).map_err(|error| error.to_string())?;
        let title = Texts::title_of(files.file("en.md").unwrap_or_default());
        println!(
            "{folder:<28} {} min  {}",
            lesson.minutes,
            title.unwrap_or_default()
        );
    }
    Ok(())
}

/// Writes what the page fetches into a folder: the map, and each lesson in each language.
pub(crate) fn pack(into: &Path) -> Outcome {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", into.display());
    fs::create_dir_all(into).map_err(|error| wrong(&error))?;
    let mut map = String::new();
    for folder in folders()? {
        let files = files(&folder)?;
        let lesson = Lesson::read(&folder, &files).map_err(|error| error.to_string())?;
        let mut fields = vec![
            folder.clone(),
            lesson.id.clone(),
            lesson.part.to_string(),
            lesson.minutes.to_string(),
            lesson.needs.join(" "),
        ];
        for language in Language::ALL {
            let tag = language.tag();
            let text = files.file(&format!("{tag}.md")).unwrap_or_default();
            let texts = Texts::read(&lesson, language, text).map_err(|error| error.to_string())?;
            fields.push(texts.title);
            let packed = page_bundle(&files, tag).write();
            fs::write(into.join(format!("{folder}.{tag}.txt")), packed)
                .map_err(|error| wrong(&error))?;
        }
        map += &fields.join("\t");
        map.push('\n');
    }
    fs::write(into.join("map.txt"), map).map_err(|error| wrong(&error))
}

/// The folders of all lessons, in their order.
fn folders() -> Outcome<Vec<String>> {
    let entries = fs::read_dir(root()).map_err(|error| format!("lessons/: {error}"))?;
    let mut folders: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("lesson.txt").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    Ok(folders)
}

/// A lesson's folder by its name, with or without the number.
fn folder_of(name: &str) -> Outcome<String> {
    let folders = folders()?;
    let is_it = |folder: &&String| *folder == name || folder.ends_with(&format!("-{name}"));
    folders.iter().find(is_it).cloned().ok_or_else(|| {
        let known = folders.join(", ");
        format!("there is no lesson \"{name}\"; there are {known}")
    })
}

fn files(folder: &str) -> Outcome<Bundle> {
    let path = root().join(folder);
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&path).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path());
        files.push((name, text.map_err(wrong)?));
    }
    Ok(Bundle::of(files))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// A lesson that holds, to be written over.
const SKELETON: [(&str, &str); 6] = [
    ("lesson.txt", include_str!("skeleton/lesson.txt")),
    ("start.txt", include_str!("skeleton/start.txt")),
    ("solution.txt", include_str!("skeleton/solution.txt")),
    (
        "wrong-two-down.txt",
        include_str!("skeleton/wrong-two-down.txt"),
    ),
    ("en.md", include_str!("skeleton/en.md")),
    ("zh.md", include_str!("skeleton/zh.md")),
];
