//! What answers on a server's ports for clients and operators.

use std::sync::Arc;

use serde_json::json;

use super::{Listeners, Running};
use crate::client::{
    ClientApi, ClientServer, ConnectionSettings, REJECTED_CLIENT, REJECTED_OPERATOR,
};
use crate::gateway::Gateway;
use crate::grpc::{Api, Services};
use crate::http_api::{Access, Context, HttpApi};
use crate::log::Logger;
use crate::settings::Settings;

/// Serves them before there is a leader, so that a member which waits for one can be asked why.
pub(super) fn serve_operators(
    clients: &mut ClientServer,
    settings: &Settings,
    listeners: &mut Listeners,
    context: &Context,
) {
    let api = ClientApi {
        grpc: None,
        http: Some(HttpApi::of_operators(context)),
        metrics: context.metrics.clone(),
        connections: connection_settings(settings),
        rejection: REJECTED_OPERATOR,
    };
    let logger = &context.logger;
    clients.serve(std::mem::take(&mut listeners.metrics), api, logger);
    for endpoint in &settings.listen_metrics {
        logger.info("serving metrics", &[("address", json!(endpoint.url))]);
    }
}

/// Serves clients, once the member is ready for them.
pub(super) fn serve_clients(
    running: &mut Running,
    settings: &Settings,
    listeners: Listeners,
    logger: &Logger,
) {
    if settings.enable_pprof {
        logger.warn(
            "--enable-pprof has no effect: there are no Go profiles to serve",
            &[("path", json!("/debug/pprof/"))],
        );
    }
    let context = &running.context;
    let access = Access::new(settings.hosts.clone(), settings.origins.clone());
    let playground = settings.playground_dir.clone().map(Arc::from);
    let grpc = Services::new(&Api::new(
        running.member.clone(),
        settings,
        &context.logger,
        &context.metrics,
    ));
    let gateway = settings
        .grpc_gateway
        .then(|| Gateway::new(grpc.clone(), context.metrics.clone()));
    let http = HttpApi::of_clients(context, access, gateway, playground);
    let is_split = !settings.listen_client_http.is_empty();
    let api = |grpc: Option<Services>, http: Option<HttpApi>| ClientApi {
        grpc,
        http,
        metrics: context.metrics.clone(),
        connections: connection_settings(settings),
        rejection: REJECTED_CLIENT,
    };
    let both = api(Some(grpc), (!is_split).then(|| http.clone()));
    let traffic = if is_split { "grpc" } else { "grpc+http" };
    running.clients.serve(listeners.client, both, logger);
    running
        .clients
        .serve(listeners.client_http, api(None, Some(http)), logger);
    logger.info("ready to serve client requests", &[]);
    let ports = [
        (&settings.listen_client, traffic),
        (&settings.listen_client_http, "http"),
    ];
    for (endpoints, traffic) in ports {
        for endpoint in endpoints {
            let address = endpoint.url.trim_start_matches("http://");
            logger.info(
                "serving client traffic insecurely; this is strongly discouraged!",
                &[("traffic", json!(traffic)), ("address", json!(address))],
            );
        }
    }
}

fn connection_settings(settings: &Settings) -> ConnectionSettings {
    ConnectionSettings {
        concurrent_streams_max: settings.concurrent_streams_max,
        ping_interval: settings.ping_interval,
        ping_timeout: settings.ping_timeout,
    }
}
