//! At most so many HTTP connections at once; more are closed as they come.

use std::{future::Future, io, pin::Pin, sync::Arc};

use axum::{Extension, middleware::AddExtension};
use axum_server::accept::Accept;
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower_layer::Layer as _;

/// Lets a connection in while there is room, and has its small messages sent at once.
#[derive(Debug, Clone)]
pub(super) struct CappedAcceptor {
    room: Arc<Semaphore>,
}

/// Lives as long as the connection's service, and so as the connection.
type Place = Arc<OwnedSemaphorePermit>;

impl CappedAcceptor {
    pub(super) fn new(connections: usize) -> Self {
        Self {
            room: Arc::new(Semaphore::new(connections)),
        }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for CappedAcceptor {
    type Stream = TcpStream;
    type Service = AddExtension<S, Place>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = Arc::clone(&self.room).try_acquire_owned();
        Box::pin(async move {
            let place = place.map_err(|_| io::Error::other("too many connections"))?;
            stream.set_nodelay(true)?;
            Ok((stream, Extension(Arc::new(place)).layer(service)))
        })
    }
}
