//! Flags of TLS and of users.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Security and Auth",
    flags: &[
        Flag::text("cert-file", "", "Path to the client server's certificate.").not_yet(),
        Flag::text("key-file", "", "Path to the client server's key.").not_yet(),
        Flag::boolean(
            "client-cert-auth",
            "false",
            "Demand certificates of clients.",
        )
        .not_yet(),
        Flag::text("client-crl-file", "", "Path to a revocation list.").not_yet(),
        Flag::text("client-cert-allowed-hostname", "", "Allowed client hosts.").not_yet(),
        Flag::text(
            "client-cert-file",
            "",
            "Certificate for client connections.",
        )
        .not_yet(),
        Flag::text("client-key-file", "", "Key for client connections.").not_yet(),
        Flag::text("trusted-ca-file", "", "Path to the clients' authority.").not_yet(),
        Flag::boolean("auto-tls", "false", "Client TLS with made certificates.").not_yet(),
        Flag::text(
            "peer-cert-file",
            "",
            "Path to the peer server's certificate.",
        )
        .not_yet(),
        Flag::text("peer-key-file", "", "Path to the peer server's key.").not_yet(),
        Flag::boolean(
            "peer-client-cert-auth",
            "false",
            "Demand certificates of peers.",
        )
        .not_yet(),
        Flag::text(
            "peer-client-cert-file",
            "",
            "Certificate for peer connections.",
        )
        .not_yet(),
        Flag::text("peer-client-key-file", "", "Key for peer connections.").not_yet(),
        Flag::text("peer-trusted-ca-file", "", "Path to the peers' authority.").not_yet(),
        Flag::text("peer-cert-allowed-cn", "", "Allowed common name of peers.").not_yet(),
        Flag::text("peer-cert-allowed-hostname", "", "Allowed hosts of peers.").not_yet(),
        Flag::boolean("peer-auto-tls", "false", "Peer TLS with made certificates.").not_yet(),
        Flag::unsigned(
            "self-signed-cert-validity",
            "1",
            "Years of made certificates.",
        )
        .not_yet(),
        Flag::text("peer-crl-file", "", "Path to a revocation list for peers.").not_yet(),
        Flag::text("cipher-suites", "", "Comma-separated TLS cipher suites.").without_effect(TLS),
        Flag::text(
            "cors",
            "*",
            "Comma-separated origins whose pages may ask over HTTP; empty or '*' for all.",
        ),
        Flag::text(
            "host-whitelist",
            "*",
            "Comma-separated host names that HTTP requests may name; empty or '*' for all.",
        ),
        Flag::one_of(
            "tls-min-version",
            &["", "TLS1.2", "TLS1.3"],
            "TLS1.2",
            "Lowest TLS version.",
        )
        .without_effect(TLS),
        Flag::one_of(
            "tls-max-version",
            &["", "TLS1.2", "TLS1.3"],
            "",
            "Highest TLS version.",
        )
        .without_effect(TLS),
        Flag::boolean(
            "peer-skip-client-san-verification",
            "false",
            "Do not look at peers' alternative names.",
        )
        .not_yet(),
        Flag::text(
            "auth-token",
            "simple",
            "'simple', or 'jwt' with its settings.",
        )
        .not_yet(),
        Flag::unsigned("bcrypt-cost", "10", "Cost of hashing passwords.").not_yet(),
        Flag::unsigned("auth-token-ttl", "300", "Seconds a token lives.").not_yet(),
    ],
};

/// Why limits of TLS are taken where TLS itself is refused: they open no port.
const TLS: &str = "there is no TLS here yet";
