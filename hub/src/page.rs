//! The expert's page, embedded in the binary.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "page/"]
#[exclude = "package.json"]
#[exclude = "*.test.*"]
#[exclude = "tests/*"]
#[exclude = "node_modules/*"]
struct Page;

/// The type of a file by the ending of its name; what is not listed is not served.
const TYPES: [(&str, &str); 9] = [
    (".html", "text/html; charset=utf-8"),
    (".css", "text/css; charset=utf-8"),
    (".js", "text/javascript; charset=utf-8"),
    (".mjs", "text/javascript; charset=utf-8"),
    (".json", "application/json"),
    (".webmanifest", "application/manifest+json"),
    (".svg", "image/svg+xml"),
    (".png", "image/png"),
    (".woff2", "font/woff2"),
];

/// Answers with a file of the page, or says that there is none.
pub(crate) async fn serve(method: Method, uri: Uri, request: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    let Some((file, content_type)) = Page::get(path).zip(content_type(path)) else {
        return (StatusCode::NOT_FOUND, "There is nothing here. The page is at /.\n").into_response();
    };
    let tag = entity_tag(&file);
    // Asked anew each time, and mostly answered in a few bytes: a page and a hub of different versions never meet.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, tag.clone()),
    ];
    if request.get_all(header::IF_NONE_MATCH).iter().any(|known| *known == tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, file.data.into_owned()).into_response()
}

fn content_type(path: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(ending, _)| path.ends_with(ending))
        .map(|(_, kind)| *kind)
}

fn entity_tag(file: &EmbeddedFile) -> HeaderValue {
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_page_has_a_type_and_none_is_for_development() {
        let files: Vec<_> = Page::iter().collect();
        assert!(
            files.iter().any(|file| file == "index.html"),
            "the page is not embedded: {files:?}"
        );
        for file in files {
            assert!(content_type(&file).is_some(), "{file} would not be served");
            let is_tool = file == "package.json" || file.contains(".test.") || file.contains("tests/");
            assert!(!is_tool, "{file} should not be embedded");
        }
    }
}
