//! gRPC calls of our own making, for what etcdctl cannot say.

use std::time::Duration;

use quorate_api::etcdserverpb as pb;
use quorate_api::v3electionpb::election_client::ElectionClient;
use quorate_api::v3lockpb::lock_client::LockClient;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::codegen::InterceptedService;
use tonic::metadata::{Ascii, MetadataKey, MetadataValue};
use tonic::service::Interceptor;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};

use pb::cluster_client::ClusterClient;
use pb::kv_client::KvClient;
use pb::lease_client::LeaseClient;
use pb::maintenance_client::MaintenanceClient;
use pb::watch_client::WatchClient;

/// How long a test waits for an answer before it takes it for lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to one server.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) channel: Channel,
}

/// Adds a header to each call.
#[derive(Clone)]
pub(crate) struct Header(MetadataKey<Ascii>, MetadataValue<Ascii>);

impl Interceptor for Header {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request
            .metadata_mut()
            .insert(self.0.clone(), self.1.clone());
        Ok(request)
    }
}

impl Calls {
    /// Connects when it is first used.
    pub(crate) fn to(port: u16) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).unwrap();
        Self {
            channel: endpoint.connect_lazy(),
        }
    }

    pub(crate) fn kv(&self) -> KvClient<Channel> {
        KvClient::new(self.channel.clone()).max_decoding_message_size(usize::MAX)
    }

    pub(crate) fn lease(&self) -> LeaseClient<Channel> {
        LeaseClient::new(self.channel.clone())
    }

    /// The connection with a header on each call.
    pub(crate) fn with_header(
        &self,
        name: &'static str,
        value: &'static str,
    ) -> InterceptedService<Channel, Header> {
        let header = Header(MetadataKey::from_static(name), value.parse().unwrap());
        InterceptedService::new(self.channel.clone(), header)
    }

    pub(crate) fn cluster(&self) -> ClusterClient<Channel> {
        ClusterClient::new(self.channel.clone())
    }

    pub(crate) fn maintenance(&self) -> MaintenanceClient<Channel> {
        MaintenanceClient::new(self.channel.clone())
    }

    pub(crate) fn lock(&self) -> LockClient<Channel> {
        LockClient::new(self.channel.clone())
    }

    pub(crate) fn election(&self) -> ElectionClient<Channel> {
        ElectionClient::new(self.channel.clone())
    }

    /// Makes a lease.
    pub(crate) async fn grant(&self, id: i64, ttl: i64) {
        let request = pb::LeaseGrantRequest { ttl, id };
        self.lease().lease_grant(request).await.unwrap();
    }

    /// Ends a lease.
    pub(crate) async fn revoke(&self, id: i64) {
        let request = pb::LeaseRevokeRequest { id };
        self.lease().lease_revoke(request).await.unwrap();
    }

    /// How long a lease lives.
    pub(crate) async fn time_to_live(&self, id: i64) -> pb::LeaseTimeToLiveResponse {
        let request = pb::LeaseTimeToLiveRequest { id, keys: true };
        let response = self.lease().lease_time_to_live(request).await;
        response.unwrap().into_inner()
    }

    /// Waits until these are the keys that begin with a prefix, in order.
    pub(crate) async fn wait_for_keys(&self, prefix: &str, keys: &[&str]) {
        let mut range_end = prefix.as_bytes().to_vec();
        *range_end.last_mut().unwrap() += 1;
        let request = pb::RangeRequest {
            key: prefix.to_owned().into(),
            range_end: range_end.into(),
            ..pb::RangeRequest::default()
        };
        let mut keys: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes()).collect();
        keys.sort_unstable();
        let start = std::time::Instant::now();
        loop {
            let found = self.kv().range(request.clone()).await.unwrap().into_inner();
            if found
                .kvs
                .iter()
                .map(|kv| kv.key.as_ref())
                .eq(keys.iter().copied())
            {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {keys:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Puts a key.
    pub(crate) async fn put(&self, key: &str, value: &str) -> i64 {
        let request = pb::PutRequest {
            key: key.to_owned().into(),
            value: value.to_owned().into(),
            ..pb::PutRequest::default()
        };
        let response = self.kv().put(request).await.unwrap().into_inner();
        response.header.unwrap().revision
    }

    /// Deletes a key.
    pub(crate) async fn delete(&self, key: &str) -> i64 {
        let request = pb::DeleteRangeRequest {
            key: key.to_owned().into(),
            ..pb::DeleteRangeRequest::default()
        };
        let response = self.kv().delete_range(request).await.unwrap().into_inner();
        response.header.unwrap().revision
    }

    /// Begins a watch stream.
    pub(crate) async fn watch(&self) -> WatchCall {
        WatchCall::begin(WatchClient::new(self.channel.clone()))
            .await
            .unwrap()
    }
}

/// A watch stream.
pub(crate) struct WatchCall {
    requests: mpsc::UnboundedSender<pb::WatchRequest>,
    responses: Streaming<pb::WatchResponse>,
}

impl WatchCall {
    /// Begins one with a client.
    pub(crate) async fn begin<S>(mut client: WatchClient<S>) -> Result<Self, Status>
    where
        S: tonic::client::GrpcService<tonic::body::Body>,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        S::ResponseBody: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        <S::ResponseBody as http_body::Body>::Error:
            Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let (requests, receiver) = mpsc::unbounded_channel();
        let asked = UnboundedReceiverStream::new(receiver);
        let responses = client.watch(asked).await?.into_inner();
        Ok(Self {
            requests,
            responses,
        })
    }

    /// Asks something.
    pub(crate) fn ask(&self, union: pb::watch_request::RequestUnion) {
        let request = pb::WatchRequest {
            request_union: Some(union),
        };
        self.requests.send(request).unwrap();
    }

    /// Begins a watch.
    pub(crate) fn create(&self, create: pb::WatchCreateRequest) {
        self.ask(pb::watch_request::RequestUnion::CreateRequest(create));
    }

    /// The next response, or how the stream ended.
    pub(crate) async fn next(&mut self) -> Result<Option<pb::WatchResponse>, Status> {
        tokio::time::timeout(PATIENCE, self.responses.message())
            .await
            .expect("waited in vain for a response")
    }

    /// The next response.
    pub(crate) async fn response(&mut self) -> pb::WatchResponse {
        self.next().await.unwrap().expect("the stream ended")
    }

    /// Takes responses until so many events came; these.
    pub(crate) async fn events(&mut self, count: usize) -> Vec<quorate_api::mvccpb::Event> {
        let mut events = Vec::new();
        while events.len() < count {
            events.extend(self.response().await.events);
        }
        events
    }
}

/// A watch of one key, or of a range.
pub(crate) fn watch_of(key: &str, range_end: &str) -> pb::WatchCreateRequest {
    pb::WatchCreateRequest {
        key: key.to_owned().into(),
        range_end: range_end.to_owned().into(),
        ..pb::WatchCreateRequest::default()
    }
}
