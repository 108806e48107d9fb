//! Peer URLs that a client hands in: what etcd's `types.NewURLs` lets through.

use crate::collections::InOrder;
use crate::error::Error;

/// The URLs without white space around them, in ascending order.
///
/// # Errors
///
/// [`Error::MemberUrlsInvalid`] when there is none, or one that no member can be reached at.
pub(super) fn checked(urls: &[String]) -> Result<Vec<String>, Error> {
    let mut urls: Vec<String> = urls.iter().map(|url| url.trim().to_owned()).collect();
    if urls.is_empty() || !urls.iter().all(|url| is_valid(url)) {
        return Err(Error::MemberUrlsInvalid);
    }
    urls.order();
    Ok(urls)
}

/// A scheme, a host, a port, and nothing behind them.
fn is_valid(url: &str) -> bool {
    let Some((scheme, address)) = url.split_once("://") else {
        return false;
    };
    if matches!(scheme, "unix" | "unixs") {
        return !address.is_empty();
    }
    let Some((host, port)) = address.rsplit_once(':') else {
        return false;
    };
    let is_host = match host.strip_prefix('[') {
        Some(address) => address
            .strip_suffix(']')
            .is_some_and(|host| !host.is_empty()),
        None => !host.contains([':', '/', '?', '#', ' ', '@']),
    };
    matches!(scheme, "http" | "https") && is_host && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(urls: &[&str]) -> Result<Vec<String>, Error> {
        checked(&urls.iter().map(|url| (*url).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn urls_come_out_in_order() {
        let urls = check(&[" http://b:2380", "https://[::1]:2380", "http://a:2380"]);
        let wanted = ["http://a:2380", "http://b:2380", "https://[::1]:2380"];
        assert_eq!(urls, Ok(wanted.map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in [
            "",
            "a:2380",
            "ftp://a:2380",
            "http://a",
            "http://a:port",
            "http://a:2380/path",
            "http://a:65536",
        ] {
            assert_eq!(check(&[url]), Err(Error::MemberUrlsInvalid), "{url}");
        }
        assert_eq!(check(&[]), Err(Error::MemberUrlsInvalid));
    }
}
