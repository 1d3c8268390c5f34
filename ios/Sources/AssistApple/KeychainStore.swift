#if canImport(Security)
    import AssistAPI
    import Foundation
    import Security

    /// Keeps texts in the keychain, on this device only, readable once it has been unlocked after a restart: a call may
    /// ring while it is locked.
    public struct KeychainStore: SecureStore {
        private let service: String

        /// - Parameter service: sets this app's texts apart from others'; the bundle identifier will do.
        public init(service: String) {
            self.service = service
        }

        public func read(_ name: String) throws(SecureStoreError) -> String? {
            var query = item(name)
            query[kSecReturnData as String] = true
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            if status == errSecItemNotFound { return nil }
            try check(status)
            return (found as? Data).flatMap { String(data: $0, encoding: .utf8) }
        }

        public func write(_ text: String, under name: String) throws(SecureStoreError) {
            let content: [String: Any] = [
                kSecValueData as String: Data(text.utf8),
                kSecAttrAccessible as String: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
            ]
            let status = SecItemUpdate(item(name) as CFDictionary, content as CFDictionary)
            if status == errSecItemNotFound {
                let new = item(name).merging(content) { _, given in given }
                return try check(SecItemAdd(new as CFDictionary, nil))
            }
            try check(status)
        }

        private func item(_ name: String) -> [String: Any] {
            [
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: service,
                kSecAttrAccount as String: name,
            ]
        }

        private func check(_ status: OSStatus) throws(SecureStoreError) {
            guard status == errSecSuccess else {
                throw SecureStoreError(reason: "the keychain answered with status \(status)")
            }
        }
    }
#endif
