/// A signed-in device: it can be called, and can call. Letting go of it ends its call and its connection soon.
public protocol Session: AnyObject, Sendable {
    /// The session as it stands; after ``close()``, as it last was.
    var state: SessionSnapshot { get }

    /// The session as it stands, then each time it changed; over when the session is. A slow reader gets the latest.
    var states: AsyncStream<SessionSnapshot> { get }

    /// Calls that ring here; over when the session is. Two streams share the calls.
    var incomingCalls: AsyncStream<any Call> { get }

    /// Calls a person; the call is there at once, in state *inviting*.
    ///
    /// A cancelled task gets ``CallError/ended(_:)``, and no call remains.
    func call(_ personId: String) async throws(CallError) -> any Call

    /// Tells that this device changed its network.
    func networkChanged()

    /// Hangs up, says goodbye to the hub and ends: within 5 s whatever the network does.
    func leave() async

    /// The same without waiting. Once is enough.
    func close()
}

/// A session at one moment.
public struct SessionSnapshot: Equatable, Sendable {
    /// Grows by one with every change.
    public var revision: Int64
    /// Whether the hub can be reached now. Calls go on without.
    public var isConnected: Bool
    /// Set when only the user can help, in plain words.
    public var signInNeeded: String?
    /// Who this is, once welcomed.
    public var me: Address?
    /// Their name, for showing.
    public var name: String
    /// Everybody this person may call.
    public var people: [Person]

    public init(
        revision: Int64 = 0,
        isConnected: Bool = false,
        signInNeeded: String? = nil,
        me: Address? = nil,
        name: String = "",
        people: [Person] = []
    ) {
        self.revision = revision
        self.isConnected = isConnected
        self.signInNeeded = signInNeeded
        self.me = me
        self.name = name
        self.people = people
    }
}

/// A person on a device.
public struct Address: Hashable, Sendable {
    /// Whose device it is.
    public var personId: String
    /// Which of their devices.
    public var deviceId: String

    public init(personId: String, deviceId: String) {
        self.personId = personId
        self.deviceId = deviceId
    }
}

/// Somebody who may be called.
public struct Person: Hashable, Sendable, Identifiable {
    /// Their id, for ``Session/call(_:)``.
    public var id: String
    /// Their name, for showing.
    public var name: String
    /// Whether they can be reached.
    public var presence: Presence

    public init(id: String, name: String, presence: Presence) {
        self.id = id
        self.name = name
        self.presence = presence
    }
}

/// Whether somebody can be reached.
public enum Presence: Hashable, Sendable {
    /// On a device, in no call.
    case online
    /// In a call.
    case busy
    /// On no device.
    case offline
}
