//! Text in both languages.

use serde::Deserialize;

/// The same text in English and in Chinese. Neither may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}
