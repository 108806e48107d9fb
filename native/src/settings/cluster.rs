//! `--initial-cluster`: who is to found the cluster.

use std::collections::BTreeMap;
use std::fmt;

use super::verify::SettingsError;
use crate::flags::Endpoint;

/// One founder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InitialMember {
    /// Its name.
    pub(crate) name: String,
    /// Its peer URLs, in ascending order.
    pub(crate) peer_urls: Vec<Endpoint>,
}

/// The founders, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InitialCluster {
    /// In ascending order of names.
    pub(crate) members: Vec<InitialMember>,
}

impl InitialCluster {
    /// Reads `name=url,name=url,…`; a name may stand more than once, with another URL each time.
    pub(crate) fn parse(text: &str) -> Result<Self, SettingsError> {
        let wrong = |reason: String| {
            SettingsError::Verify(format!("error setting up initial cluster: {reason}"))
        };
        let mut members: BTreeMap<String, Vec<Endpoint>> = BTreeMap::new();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (name, url) = part
                .split_once('=')
                .filter(|(name, url)| !name.is_empty() && !url.is_empty())
                .ok_or_else(|| wrong(format!("\"{part}\" does not have the form name=URL")))?;
            let endpoint = Endpoint::parse(url).map_err(wrong)?;
            members.entry(name.to_owned()).or_default().push(endpoint);
        }
        let members = members
            .into_iter()
            .map(|(name, mut peer_urls)| {
                peer_urls.sort();
                InitialMember { name, peer_urls }
            })
            .collect();
        Ok(Self { members })
    }

    /// What holds when the flag is not given: this member alone.
    pub(crate) fn of_one(name: &str, peer_urls: &[Endpoint]) -> Self {
        Self {
            members: vec![InitialMember {
                name: name.to_owned(),
                peer_urls: peer_urls.to_vec(),
            }],
        }
    }

    /// The founder with this name.
    pub(crate) fn member(&self, name: &str) -> Option<&InitialMember> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Whether a URL stands for two members, or twice for one.
    pub(crate) fn has_duplicate_url(&self) -> bool {
        let mut urls: Vec<&str> = self
            .members
            .iter()
            .flat_map(|member| {
                member
                    .peer_urls
                    .iter()
                    .map(|endpoint| endpoint.url.as_str())
            })
            .collect();
        let count = urls.len();
        urls.sort_unstable();
        urls.dedup();
        urls.len() != count
    }
}

impl fmt::Display for InitialCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for member in &self.members {
            for endpoint in &member.peer_urls {
                write!(f, "{separator}{}={}", member.name, endpoint.url)?;
                separator = ",";
            }
        }
        Ok(())
    }
}
