//! One call through the gateway: let in, counted, and given the time that its client gives it.

use std::future::Future;
use std::sync::Arc;

use http::{Extensions, HeaderMap};
use prost::Message;
use tokio::time::{Instant, timeout_at};
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Status};

use crate::client::{Counts, Meter};
use crate::grpc::{Api, Services};
use crate::metrics::Metrics;

/// A call that is about to be made.
pub(super) struct Call {
    /// What answers.
    pub(super) services: Services,
    meter: Option<Meter>,
    metadata: HeaderMap,
    extensions: Extensions,
    admission: Result<Option<Instant>, Status>,
}

impl Call {
    /// A call of a method, by its path in gRPC.
    pub(super) fn new(
        method: &'static str,
        metadata: HeaderMap,
        services: &Services,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let meter = Meter::begin(metrics, method, &metadata);
        let mut extensions = Extensions::new();
        let admission = services.admit(method, &metadata, &mut extensions);
        Self {
            services: services.clone(),
            meter,
            metadata,
            extensions,
            admission,
        }
    }

    /// What answers it.
    pub(super) fn api(&self) -> Api {
        self.services.api().clone()
    }

    /// Why it is not let in, if it is not.
    pub(super) fn check(&self) -> Result<(), Status> {
        self.admission.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// The message, with all that came along.
    pub(super) fn request<Q>(&mut self, message: Q) -> Request<Q> {
        let metadata = MetadataMap::from_headers(std::mem::take(&mut self.metadata));
        let extensions = std::mem::take(&mut self.extensions);
        Request::from_parts(metadata, extensions, message)
    }

    /// Waits for an answer as long as the client does.
    pub(super) async fn within_time<T>(
        &self,
        answer: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, Status> {
        match self.admission {
            Ok(Some(deadline)) => timeout_at(deadline, answer)
                .await
                .unwrap_or_else(|_| Err(Services::deadline_exceeded())),
            _ => answer.await,
        }
    }

    /// What messages are counted with; nothing where nobody counts.
    pub(super) fn counts(&self) -> Option<Counts> {
        self.meter.as_ref().map(|meter| meter.counts().clone())
    }

    /// A message came in.
    pub(super) fn received(&self, message: &impl Message) {
        if let Some(meter) = &self.meter {
            meter.counts().received(1, message.encoded_len() as u64);
        }
    }

    /// A message goes out.
    pub(super) fn sent(&self, message: &impl Message) {
        if let Some(meter) = &self.meter {
            meter.counts().sent(1, message.encoded_len() as u64);
        }
    }

    /// It is over.
    pub(super) fn end(&mut self, code: Code) {
        if let Some(meter) = &mut self.meter {
            meter.end(code);
        }
    }
}
