import CLinux
import Glibc
public import Model
import SystemPackage

/// A user of this host, as programs run.
public struct Account: Sendable, Hashable {
    /// The user id.
    public let uid: UInt32
    /// The id of the user's own group.
    public let gid: UInt32
    /// The name; the number as text when the host knows none.
    public let name: String

    /// Makes one from what is known.
    public init(uid: UInt32, gid: UInt32, name: String) {
        self.uid = uid
        self.gid = gid
        self.name = name
    }

    /// The account of a user name.
    ///
    /// - Throws: `E-ACCOUNT-MISSING` when there is none.
    public static func named(_ name: String) throws(Fault) -> Account {
        let found = lookUp { unsafe getpwnam_r(name, $0, $1, $2, $3) }
        guard let found else {
            throw Fault(
                .accountMissing,
                "unable to find user '\(name)': this host has no such account"
            )
        }
        return found
    }

    /// The id of a user name; nil when the host knows none.
    public static func userID(_ name: String) -> UInt32? {
        lookUp { unsafe getpwnam_r(name, $0, $1, $2, $3) }?.uid
    }

    /// The account of a user id; nil when the host knows none.
    public static func identified(by uid: UInt32) -> Account? {
        lookUp { unsafe getpwuid_r(uid, $0, $1, $2, $3) }
    }

    /// The user id that this program runs as; unlike ``current`` it takes no look at the host's accounts.
    public static var currentID: UInt32 { geteuid() }

    /// Whether this program may give files to others and set their modes and times afterwards: as root, or with the
    /// capabilities for that (`CAP_CHOWN`, `CAP_FOWNER`, `CAP_FSETID`).
    public static var mayGiveFiles: Bool {
        // Bits 0, 3 and 4; see capabilities(7) and linux/capability.h.
        let needed: UInt64 = 0b1_1001
        return geteuid() == 0 || linux_capabilities() & needed == needed
    }

    /// The account that this program runs as.
    public static var current: Account {
        let uid = geteuid()
        return identified(by: uid) ?? Account(uid: uid, gid: getegid(), name: "\(uid)")
    }

    /// The name of a group id; nil when the host knows none.
    public static func groupName(_ gid: UInt32) -> String? {
        var record = unsafe group()
        return reading { buffer, count in
            var found: UnsafeMutablePointer<group>?
            let error = unsafe getgrgid_r(gid, &record, buffer, count, &found)
            guard let found = unsafe found else { return (error, nil) }
            return unsafe (error, String(cString: found.pointee.gr_name))
        }
    }

    /// The id of a group name; nil when the host knows none.
    public static func groupID(_ name: String) -> UInt32? {
        var record = unsafe group()
        return reading { buffer, count in
            var found: UnsafeMutablePointer<group>?
            let error = unsafe getgrnam_r(name, &record, buffer, count, &found)
            guard let found = unsafe found else { return (error, nil) }
            return unsafe (error, found.pointee.gr_gid)
        }
    }

    private typealias Call = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    @safe private static func lookUp(_ call: Call) -> Account? {
        var record = unsafe passwd()
        return reading { buffer, count in
            var found: UnsafeMutablePointer<passwd>?
            let error = unsafe call(&record, buffer, count, &found)
            guard let found = unsafe found?.pointee else { return (error, nil) }
            let account = unsafe Account(
                uid: found.pw_uid,
                gid: found.pw_gid,
                name: String(cString: found.pw_name)
            )
            return (error, account)
        }
    }

    /// Repeats a call with a larger buffer while the system asks for one.
    @safe private static func reading<Value>(
        _ call: (UnsafeMutablePointer<CChar>, Int) -> (error: Int32, value: Value?)
    ) -> Value? {
        var size = 1 << 10
        while size <= 1 << 20 {
            let (error, value) = unsafe withUnsafeTemporaryAllocation(
                of: CChar.self,
                capacity: size
            ) { buffer in
                guard let start = buffer.baseAddress else { return (ERANGE, Value?.none) }
                return unsafe call(start, size)
            }
            if error != ERANGE { return value }
            size *= 4
        }
        return nil
    }
}
