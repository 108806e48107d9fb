//! A path of the gateway and the function behind it.

use std::future::Future;
use std::pin::Pin;

use http::Response;
use http_body_util::Full;
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tonic::body::Body;
use tonic::codegen::tokio_stream::Stream;
use tonic::{Code, Request, Status, Streaming};

use super::failure::refused;
use super::request::Call;
use super::{answered, message, pieces, stream};
use crate::grpc::Api;

/// JSON takes more room than protobuf, base64 the most of it.
pub(super) const JSON_GROWTH: usize = 2;

type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// What a path leads to.
pub(super) struct Route {
    /// The method's path in gRPC.
    pub(super) method: &'static str,
    run: Box<dyn Fn(Call, Body) -> Answer + Send + Sync>,
}

impl Route {
    /// Answers a request.
    pub(super) async fn answer(&self, call: Call, body: Body) -> Response<Body> {
        (self.run)(call, body).await
    }

    /// One message in, one out.
    pub(super) fn unary<Q, A, F, R>(method: &'static str, handler: F) -> Self
    where
        Q: Message + DeserializeOwned + Default + Send + 'static,
        A: Message + Serialize + Send + 'static,
        F: Fn(Api, Request<Q>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<tonic::Response<A>, Status>> + Send + 'static,
    {
        let run = move |mut call: Call, body: Body| -> Answer {
            let handler = handler.clone();
            Box::pin(async move {
                let result = async {
                    call.check()?;
                    let request: Q = read(&call, body).await?;
                    let request = call.request(request);
                    let answer = call.within_time(handler(call.api(), request)).await?;
                    let answer = answer.into_inner();
                    call.sent(&answer);
                    message::write(&answer)
                };
                match result.await {
                    Ok(text) => {
                        call.end(Code::Ok);
                        answered(Response::new(Body::new(Full::from(text))))
                    }
                    Err(status) => {
                        call.end(status.code());
                        refused(&status)
                    }
                }
            })
        };
        Self {
            method,
            run: Box::new(run),
        }
    }

    /// One message in, many out.
    pub(super) fn answers<Q, A, S, F, R>(method: &'static str, handler: F) -> Self
    where
        Q: Message + DeserializeOwned + Default + Send + 'static,
        A: Message + Serialize + Send + Unpin + 'static,
        S: Stream<Item = Result<A, Status>> + Send + 'static,
        F: Fn(Api, Request<Q>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<tonic::Response<S>, Status>> + Send + 'static,
    {
        let run = move |mut call: Call, body: Body| -> Answer {
            let handler = handler.clone();
            Box::pin(async move {
                let result = async {
                    call.check()?;
                    let request: Q = read(&call, body).await?;
                    let request = call.request(request);
                    call.within_time(handler(call.api(), request)).await
                };
                match result.await {
                    Ok(answers) => stream::answer(answers.into_inner(), call).await,
                    Err(status) => {
                        call.end(status.code());
                        refused(&status)
                    }
                }
            })
        };
        Self {
            method,
            run: Box::new(run),
        }
    }

    /// Many messages in, many out.
    pub(super) fn exchange<Q, A, S, F, R>(method: &'static str, handler: F) -> Self
    where
        Q: Message + DeserializeOwned + Default + Send + 'static,
        A: Message + Serialize + Send + Unpin + 'static,
        S: Stream<Item = Result<A, Status>> + Send + 'static,
        F: Fn(Api, Request<Streaming<Q>>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<tonic::Response<S>, Status>> + Send + 'static,
    {
        let run = move |mut call: Call, body: Body| -> Answer {
            let handler = handler.clone();
            Box::pin(async move {
                let result = async {
                    call.check()?;
                    let counts = call.counts();
                    let seen = move |message: &Q| {
                        if let Some(counts) = &counts {
                            counts.received(1, message.encoded_len() as u64);
                        }
                    };
                    let most = call.services.message_size_bytes_max() * JSON_GROWTH;
                    let request = call.request(pieces::requests(body, most, seen));
                    call.within_time(handler(call.api(), request)).await
                };
                match result.await {
                    Ok(answers) => stream::answer(answers.into_inner(), call).await,
                    Err(status) => {
                        call.end(status.code());
                        refused(&status)
                    }
                }
            })
        };
        Self {
            method,
            run: Box::new(run),
        }
    }
}

/// A service's paths, each with its method: how it is called, and under which names.
macro_rules! routes {
    (
        $service:ident, $name:literal,
        { $($path:literal => $kind:ident $method:literal $function:ident,)* }
    ) => {
        vec![$((
            $path,
            Route::$kind(
                concat!("/", $name, "/", $method),
                async |api: crate::grpc::Api, request| $service::$function(&api, request).await,
            ),
        ),)*]
    };
}

pub(super) use routes;

/// Reads the one message of a body: its first, if it has more.
async fn read<Q>(call: &Call, body: Body) -> Result<Q, Status>
where
    Q: Message + DeserializeOwned + Default + Send + 'static,
{
    let most = call.services.message_size_bytes_max();
    let mut messages = pieces::requests::<Q, _, _>(body, most * JSON_GROWTH, |_| {});
    // Nothing at all is a message of defaults.
    let message = messages.message().await?.unwrap_or_default();
    let size = message.encoded_len();
    if size > most {
        return Err(pieces::too_large(size, most));
    }
    call.received(&message);
    Ok(message)
}
