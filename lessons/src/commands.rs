//! What `cargo xtask lesson` does.

mod preview;

use std::fs;
use std::path::{Path, PathBuf};

use quorate_lessons::{Bundle, Language, Lesson, Texts, check_files, id_of, page_bundle};

pub(crate) use preview::preview;

/// What went wrong, for a person.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Makes a lesson's folder.
pub(crate) fn new(name: &str) -> Outcome {
    let (number, id) = numbered(name).ok_or_else(|| {
        format!(
            "\"{name}\" cannot be a lesson's name; write words of small letters and digits with \
             hyphens between them: slow-disk, or 18-slow-disk to say where it stands"
        )
    })?;
    let folders = folders()?;
    if let Some(taken) = folders.iter().find(|folder| id_of(folder) == id) {
        return Err(format!(
            "there is a lesson of that name already: lessons/{taken}"
        ));
    }
    let taken = |number: u32| {
        folders
            .iter()
            .find(|folder| number_of(folder) == Some(number))
    };
    if let Some(other) = number.and_then(taken) {
        return Err(format!(
            "lessons/{other} has that number already; write another one, or none"
        ));
    }
    let last = folders.iter().filter_map(|folder| number_of(folder)).max();
    let folder = format!("{:02}-{id}", number.unwrap_or(last.unwrap_or(0) + 1));
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
        let (lesson, files) = lesson(&folder)?;
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
    fs::create_dir_all(into)
        .map_err(|error| format!("cannot make the folder {}", wrong(&error)))?;
    let mut map = String::new();
    for folder in folders()? {
        let (lesson, files) = lesson(&folder)?;
        let mut fields = vec![
            folder.clone(),
            lesson.id.clone(),
            lesson.part.to_string(),
            lesson.minutes.to_string(),
            lesson.needs.join(" "),
        ];
        for language in Language::ALL {
            let tag = language.tag();
            let text = files.file(&language.file()).unwrap_or_default();
            let texts = Texts::read(&lesson, language, text).map_err(|error| error.to_string())?;
            let checked = texts.check(&lesson, language, text);
            checked.map_err(|error| error.to_string())?;
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
    let is_it = |folder: &&String| *folder == name || id_of(folder) == name;
    folders.iter().find(is_it).cloned().ok_or_else(|| {
        let known = folders.join(", ");
        format!("there is no lesson \"{name}\"; there are {known}")
    })
}

/// A lesson, read from its folder, and the files that are there.
fn lesson(folder: &str) -> Outcome<(Lesson, Bundle)> {
    let files = files(folder)?;
    let lesson = Lesson::read(folder, &files).map_err(|error| error.to_string())?;
    check_files(&lesson, &files).map_err(|error| error.to_string())?;
    check_needs(&lesson, &files)?;
    Ok((lesson, files))
}

/// Looks whether the lessons that should be done before are there.
fn check_needs(lesson: &Lesson, files: &Bundle) -> Outcome {
    let folders = folders()?;
    let is_there = |id: &&String| folders.iter().any(|folder| id_of(folder) == id.as_str());
    let Some(missing) = lesson.needs.iter().find(|id| !is_there(id)) else {
        return Ok(());
    };
    let text = files.file("lesson.txt").unwrap_or_default();
    let line = text
        .lines()
        .position(|line| line.trim().starts_with("needs "));
    let known: Vec<&str> = folders.iter().map(|folder| id_of(folder)).collect();
    Err(format!(
        "{}:{}: there is no lesson \"{missing}\"; there are {}",
        lesson.path("lesson.txt"),
        line.unwrap_or(0) + 1,
        known.join(", ")
    ))
}

/// The files of a folder, but for what editors and systems leave there.
fn files(folder: &str) -> Outcome<Bundle> {
    let path = root().join(folder);
    let wrong = |name: &str, error: std::io::Error| format!("lessons/{folder}/{name}: {error}");
    let mut files = Vec::new();
    for entry in fs::read_dir(&path).map_err(|error| wrong("", error))? {
        let entry = entry.map_err(|error| wrong("", error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        if entry.path().is_dir() {
            return Err(format!(
                "lessons/{folder}/{name}: a lesson's folder holds files, no folders"
            ));
        }
        let text = fs::read_to_string(entry.path()).map_err(|error| wrong(&name, error))?;
        files.push((name, text));
    }
    Ok(Bundle::of(files))
}

/// A name with the number that may stand before it; nothing where it cannot be a lesson's.
fn numbered(name: &str) -> Option<(Option<u32>, &str)> {
    let number = number_of(name);
    let id = if number.is_some() { id_of(name) } else { name };
    let is_good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(is_good);
    let begins_well = id.starts_with(|first: char| first.is_ascii_lowercase());
    (begins_well && id.split('-').all(is_word)).then_some((number, id))
}

/// The number before a folder's name.
fn number_of(folder: &str) -> Option<u32> {
    let (number, _) = folder.split_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| is_number)
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

#[cfg(test)]
mod tests {
    use quorate_lessons::faults;

    use super::*;

    #[test]
    fn a_new_lesson_holds() {
        let files = SKELETON.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let files = Bundle::of(files);
        let lesson = Lesson::read("99-new", &files).expect("a lesson");
        assert_eq!(faults(&lesson, &files), []);
    }

    #[test]
    fn a_name_may_have_a_number_before_it() {
        assert_eq!(numbered("slow-disk"), Some((None, "slow-disk")));
        assert_eq!(numbered("18-slow-disk"), Some((Some(18), "slow-disk")));
        assert_eq!(numbered("12-term-5-6-7"), Some((Some(12), "term-5-6-7")));
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        let bad = [
            "",
            "18",
            "18-",
            "-slow",
            "slow-",
            "slow--disk",
            "18slow",
            "Slow",
            "a/b",
            "慢",
        ];
        for name in bad {
            assert_eq!(numbered(name), None, "{name}");
        }
    }
}
