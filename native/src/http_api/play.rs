//! `/play/`: the playground's built files.
//!
//! The build lays a `.br` and a `.gz` beside what is worth compressing; a client that takes one
//! of them gets it as it lies there.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{HeaderValue, Method, StatusCode, header};
use warp::path::FullPath;
use warp::reply::Response;

use super::{not_found, only_get, text};

const PREFIX: &str = "/play";
const NO_DIRECTORY: &str = "The playground is not here: this member was started without \
                            --playground-dir.\n`cargo xtask play` builds the page and starts a \
                            cluster that serves it.\n";

/// Answers `/play` and all below it.
pub(super) fn filter(directory: Option<Arc<Path>>) -> BoxedFilter<(Response,)> {
    let directory = warp::any().map(move || directory.clone());
    let encodings = warp::header::optional::<String>("accept-encoding");
    warp::path("play")
        .and(warp::path::full())
        .and(warp::method())
        .and(encodings)
        .and(directory)
        .then(
            |path: FullPath, method: Method, encodings: Option<String>, directory| async move {
                answer(path.as_str(), &method, encodings.as_deref(), directory).await
            },
        )
        .boxed()
}

async fn answer(
    path: &str,
    method: &Method,
    encodings: Option<&str>,
    directory: Option<Arc<Path>>,
) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return only_get();
    }
    let Some(directory) = directory else {
        return text(StatusCode::NOT_FOUND, NO_DIRECTORY.to_owned());
    };
    // The page's links are relative: they want the slash.
    if path == PREFIX {
        let mut response = text(StatusCode::PERMANENT_REDIRECT, String::new());
        let location = HeaderValue::from_static("/play/");
        response.headers_mut().insert(header::LOCATION, location);
        return response;
    }
    let Some(file) = file_of(path) else {
        return not_found();
    };
    match read(&directory.join(&file), encodings.unwrap_or("")).await {
        Ok((bytes, encoding)) => shown(&file, bytes, encoding),
        Err(error) if error.kind() == io::ErrorKind::NotFound => not_found(),
        Err(error) => text(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("cannot read the playground's file: {error}\n"),
        ),
    }
}

/// The file a path means, relative to the directory; nothing for one that leads out of it.
fn file_of(path: &str) -> Option<PathBuf> {
    let encoded = path.strip_prefix("/play/")?;
    let decoded = percent_encoding::percent_decode_str(encoded)
        .decode_utf8()
        .ok()?;
    let relative = Path::new(decoded.as_ref());
    let stays = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !stays || decoded.contains(['\0', '\\']) {
        return None;
    }
    if decoded.is_empty() || decoded.ends_with('/') {
        Some(relative.join("index.html"))
    } else {
        Some(relative.to_owned())
    }
}

/// The file's bytes, compressed as the client likes best among what lies there.
async fn read(file: &Path, encodings: &str) -> io::Result<(Bytes, Option<&'static str>)> {
    for (encoding, suffix) in [("br", "br"), ("gzip", "gz")] {
        if accepts(encodings, encoding) {
            let mut compressed = file.as_os_str().to_owned();
            compressed.push(".");
            compressed.push(suffix);
            if let Ok(bytes) = read_file(PathBuf::from(compressed)).await {
                return Ok((bytes, Some(encoding)));
            }
        }
    }
    Ok((read_file(file.to_owned()).await?, None))
}

async fn read_file(path: PathBuf) -> io::Result<Bytes> {
    tokio::task::spawn_blocking(move || {
        if path.is_dir() {
            return Err(io::ErrorKind::NotFound.into());
        }
        std::fs::read(path).map(Bytes::from)
    })
    .await
    .map_err(io::Error::other)?
}

/// Whether a list of encodings has this one, and not with a weight of nothing.
fn accepts(encodings: &str, wanted: &str) -> bool {
    encodings.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_wanted = parts.next() == Some(wanted);
        let is_refused = parts.any(|part| {
            part.strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok())
                .is_some_and(|weight| weight <= 0.0)
        });
        is_wanted && !is_refused
    })
}

fn shown(file: &Path, bytes: Bytes, encoding: Option<&'static str>) -> Response {
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    let kind = mime_guess::from_path(file).first_or_octet_stream();
    if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // The page changes with the server's build: let the browser ask each time.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(path: &str, encodings: Option<&str>, directory: &Path) -> Response {
        answer(path, &Method::GET, encodings, Some(Arc::from(directory))).await
    }

    fn header_of<'a>(response: &'a Response, name: &header::HeaderName) -> &'a str {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    #[tokio::test]
    async fn files_come_with_their_type_and_compressed_where_they_can() {
        let directory = tempfile::tempdir().expect("a directory");
        let write = |name: &str| std::fs::write(directory.path().join(name), name).expect("room");
        for name in [
            "index.html",
            "app.wasm",
            "app.wasm.br",
            "app.wasm.gz",
            "x.js",
        ] {
            write(name);
        }
        let index = get("/play/", None, directory.path()).await;
        assert_eq!(index.status(), StatusCode::OK);
        assert_eq!(header_of(&index, &header::CONTENT_TYPE), "text/html");
        for (encodings, encoding) in [
            (Some("gzip, deflate, br"), "br"),
            (Some("gzip"), "gzip"),
            (Some("br;q=0, gzip;q=0.5"), "gzip"),
            (None, ""),
        ] {
            let wasm = get("/play/app.wasm", encodings, directory.path()).await;
            assert_eq!(header_of(&wasm, &header::CONTENT_TYPE), "application/wasm");
            assert_eq!(header_of(&wasm, &header::CONTENT_ENCODING), encoding);
        }
        let script = get("/play/x.js", Some("br"), directory.path()).await;
        assert_eq!(header_of(&script, &header::CONTENT_TYPE), "text/javascript");
        assert_eq!(header_of(&script, &header::CONTENT_ENCODING), "");
    }

    #[tokio::test]
    async fn nothing_outside_of_the_directory_is_served() {
        let root = tempfile::tempdir().expect("a directory");
        let directory = root.path().join("dist");
        std::fs::create_dir(&directory).expect("room");
        std::fs::write(root.path().join("secret"), "secret").expect("room");
        for path in [
            "/play/../secret",
            "/play/%2e%2e/secret",
            "/play/..%2fsecret",
            "/play//etc/passwd",
            "/play/%2fetc/passwd",
            "/play/none",
            "/play/%00",
            "/playground",
        ] {
            let response = get(path, None, &directory).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn the_page_is_behind_a_slash_and_says_when_it_is_not_there() {
        let moved = get("/play", None, Path::new("/nowhere")).await;
        assert_eq!(moved.status(), StatusCode::PERMANENT_REDIRECT);
        assert_eq!(header_of(&moved, &header::LOCATION), "/play/");
        let none = answer("/play/", &Method::GET, None, None).await;
        assert_eq!(none.status(), StatusCode::NOT_FOUND);
        let post = answer("/play/", &Method::POST, None, None).await;
        assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
