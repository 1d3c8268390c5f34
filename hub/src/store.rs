//! What a hub remembers: people and calls, in SQLite.

use std::{path::Path, time::Duration};

use assist_protocol::{Address, CallId, DeviceId, PersonId, messages::call::EndReason};
use serde_json::Value;
use sqlx::{
    Row as _, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};

use crate::calls::{Call, Change, Kept};

/// Calls that ended this recently may still have messages under way.
const REMEMBERED_MS: u64 = 120_000;

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonRow {
    pub(crate) id: PersonId,
    pub(crate) name: String,
}

/// Why something was not stored or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// There has been a call of that id.
    #[error("there has been a call of that id")]
    CallIdUsed,
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the database, makes it if missing, and brings it up to date.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What a power cut may cost is the last calls' records, never the database.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        let first = Migration::new(
            1,
            "people and calls".into(),
            MigrationType::Simple,
            sqlx::SqlSafeStr::into_sql_str(include_str!("../migrations/0001_people_and_calls.sql")),
            false,
        );
        Migrator::with_migrations(vec![first])
            .run(&pool)
            .await
            .map_err(sqlx::Error::from)?;
        Ok(Self { pool })
    }

    /// Adds people who are not there yet.
    pub(crate) async fn add_people(&self, people: &[PersonRow]) -> Result<(), StoreError> {
        for person in people {
            sqlx::query("INSERT INTO people (id, name) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
                .bind(person.id.as_str())
                .bind(&person.name)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// Everybody.
    pub(crate) async fn people(&self) -> Result<Vec<PersonRow>, StoreError> {
        let rows = sqlx::query("SELECT id, name FROM people ORDER BY name, id")
            .fetch_all(&self.pool)
            .await?;
        let person = |row: SqliteRow| {
            Ok(PersonRow {
                id: id(row.try_get("id")?, "id", PersonId::new)?,
                name: row.try_get("name")?,
            })
        };
        rows.into_iter().map(person).collect()
    }

    /// The calls of which messages may still come.
    pub(crate) async fn calls_not_forgotten(&self, now_ms: u64) -> Result<Vec<(CallId, Call)>, StoreError> {
        let rows = sqlx::query("SELECT * FROM calls WHERE ended_at_ms IS NULL OR ended_at_ms > ?")
            .bind(integer(now_ms.saturating_sub(REMEMBERED_MS)))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(call).collect()
    }

    /// Writes down what has become of a call.
    pub(crate) async fn record(&self, call: &CallId, change: &Change) -> Result<(), StoreError> {
        match change {
            Change::Started(started) => self.start(call, started).await,
            Change::Answered { device, at_ms } => {
                let query = "UPDATE calls SET selected_device = ?, answered_at_ms = ?, \
                             invite_id = NULL, invite_device = NULL, invite_body = NULL WHERE id = ?";
                let query = sqlx::query(query)
                    .bind(device.as_str())
                    .bind(integer(*at_ms))
                    .bind(call.as_str());
                query.execute(&self.pool).await?;
                Ok(())
            }
            Change::Ended { reason, at_ms } => {
                let query = "UPDATE calls SET end_reason = ?, ended_at_ms = ?, \
                             invite_id = NULL, invite_device = NULL, invite_body = NULL WHERE id = ?";
                let query = sqlx::query(query)
                    .bind(reason_text(*reason))
                    .bind(integer(*at_ms))
                    .bind(call.as_str());
                query.execute(&self.pool).await?;
                Ok(())
            }
        }
    }

    async fn start(&self, id: &CallId, call: &Call) -> Result<(), StoreError> {
        let invite = call.kept.first();
        let query = "INSERT INTO calls (id, caller, caller_device, callee, started_at_ms, ring_until_ms, \
                     invite_id, invite_device, invite_body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) \
                     ON CONFLICT (id) DO NOTHING";
        let result = sqlx::query(query)
            .bind(id.as_str())
            .bind(call.caller.person.as_str())
            .bind(call.caller.device.as_str())
            .bind(call.callee.as_str())
            .bind(integer(call.started_at_ms))
            .bind(integer(call.ring_until_ms))
            .bind(invite.map(|kept| integer(kept.id)))
            .bind(invite.and_then(|kept| kept.device.as_ref().map(DeviceId::as_str)))
            .bind(invite.map(|kept| kept.body.to_string()))
            .execute(&self.pool)
            .await?;
        if result.rows_affected() == 0 {
            Err(StoreError::CallIdUsed)
        } else {
            Ok(())
        }
    }

    /// Waits for what is being written and closes the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

fn call(row: &SqliteRow) -> Result<(CallId, Call), StoreError> {
    let caller = Address {
        person: id(row.try_get("caller")?, "caller", PersonId::new)?,
        device: id(row.try_get("caller_device")?, "caller_device", DeviceId::new)?,
    };
    let device = |column: &str| -> Result<Option<DeviceId>, StoreError> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|text| id(text, column, DeviceId::new)).transpose()
    };
    let ended = match row.try_get::<Option<i64>, _>("ended_at_ms")? {
        Some(at_ms) => Some((reason(row.try_get("end_reason")?)?, natural(at_ms))),
        None => None,
    };
    let invite: Option<(i64, String)> = row
        .try_get::<Option<i64>, _>("invite_id")?
        .zip(row.try_get::<Option<String>, _>("invite_body")?);
    let kept = match invite {
        Some((id, body)) => vec![Kept {
            device: device("invite_device")?,
            id: natural(id),
            body: serde_json::from_str::<Value>(&body).map_err(|error| damaged("invite_body", error))?,
        }],
        None => Vec::new(),
    };
    let call = Call {
        caller,
        callee: id(row.try_get("callee")?, "callee", PersonId::new)?,
        started_at_ms: natural(row.try_get("started_at_ms")?),
        ring_until_ms: natural(row.try_get("ring_until_ms")?),
        selected: device("selected_device")?,
        ended,
        kept,
        abandoned_since_ms: None,
    };
    Ok((id(row.try_get("id")?, "id", CallId::new)?, call))
}

fn id<T, E: std::error::Error + Send + Sync + 'static>(
    text: String,
    column: &str,
    new: impl Fn(String) -> Result<T, E>,
) -> Result<T, StoreError> {
    new(text).map_err(|error| damaged(column, error))
}

fn damaged(column: &str, error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Database(sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(error),
    })
}

/// SQLite's integers are signed; times and message ids stay below 2⁶³.
fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn reason_text(reason: EndReason) -> Option<String> {
    serde_json::to_value(reason)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
}

fn reason(text: String) -> Result<EndReason, StoreError> {
    serde_json::from_value(Value::String(text)).map_err(|error| damaged("end_reason", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call_to_expert() -> Call {
        let caller = Address {
            person: PersonId::new("technician").unwrap(),
            device: DeviceId::new("phone").unwrap(),
        };
        let invite = Kept {
            device: None,
            id: 1,
            body: serde_json::json!({ "type": "invite" }),
        };
        Call {
            caller,
            callee: PersonId::new("expert").unwrap(),
            started_at_ms: 1_000,
            ring_until_ms: 61_000,
            selected: None,
            ended: None,
            kept: vec![invite],
            abandoned_since_ms: None,
        }
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hub.sqlite")).await.unwrap();
        store.add_people(&crate::sandbox::accounts()).await.unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn a_call_is_read_back_as_it_was_at_each_step_and_forgotten_at_last() {
        let (_folder, store) = store().await;
        let (id, mut call) = (CallId::new("c1").unwrap(), call_to_expert());
        let known = async |now_ms| store.calls_not_forgotten(now_ms).await.unwrap();

        store.record(&id, &Change::Started(call.clone())).await.unwrap();
        assert_eq!(known(2_000).await, [(id.clone(), call.clone())]);

        let device = DeviceId::new("page").unwrap();
        store
            .record(
                &id,
                &Change::Answered {
                    device: device.clone(),
                    at_ms: 3_000,
                },
            )
            .await
            .unwrap();
        (call.selected, call.kept) = (Some(device), Vec::new());
        assert_eq!(known(9_000).await, [(id.clone(), call.clone())]);

        store
            .record(
                &id,
                &Change::Ended {
                    reason: EndReason::HungUp,
                    at_ms: 10_000,
                },
            )
            .await
            .unwrap();
        call.ended = Some((EndReason::HungUp, 10_000));
        assert_eq!(known(10_000 + REMEMBERED_MS - 1).await, [(id.clone(), call)]);
        assert_eq!(known(10_000 + REMEMBERED_MS).await, []);

        let row = sqlx::query("SELECT state FROM calls")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_eq!(row.get::<String, _>("state"), "ended");
    }

    #[tokio::test]
    async fn the_id_of_a_call_is_used_once_however_long_ago_it_was() {
        let (_folder, store) = store().await;
        let (id, call) = (CallId::new("c1").unwrap(), call_to_expert());
        store.record(&id, &Change::Started(call.clone())).await.unwrap();
        store
            .record(
                &id,
                &Change::Ended {
                    reason: EndReason::HungUp,
                    at_ms: 10_000,
                },
            )
            .await
            .unwrap();
        let again = store.record(&id, &Change::Started(call)).await;
        assert!(matches!(again, Err(StoreError::CallIdUsed)));
    }
}
