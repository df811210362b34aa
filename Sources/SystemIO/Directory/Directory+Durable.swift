import CLinux
import Glibc
public import Model
import SystemPackage

extension Directory {
    /// Writes a whole file so that it is durable when this returns: there with all its bytes, or not at all.
    ///
    /// The bytes go to a temporary file (see ``FileName/temporary()``) in the same folder, which is synchronised, given
    /// its name, and then the folder is synchronised. After a failure the old file, if any, is untouched; only when
    /// the very last step fails may the new one be there already. A crash can leave the temporary file behind.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - name: The name.
    ///   - mode: The permission bits, whatever the umask is.
    ///   - replacing: Whether a file of that name may be replaced.
    ///   - owner: Whose it is before it has its name; nil leaves it with this user.
    /// - Throws: `E-IO-EXISTS` when the name is taken and nothing may be replaced, `E-IO-FULL`, `E-IO-…`.
    public func writeDurably(
        _ bytes: [UInt8],
        as name: FileName,
        mode: UInt16,
        replacing: Bool,
        owner: Account? = nil
    ) throws(Fault) {
        let temporary = FileName.temporary()
        do throws(Fault) {
            let file = try openFile(temporary, .write, create: .exclusive(0o600))
            try file.write(bytes)
            if let owner { try file.setOwner(owner.uid, group: owner.gid) }
            try file.setMode(mode)
            try file.synchronize()
            try file.close()
            if replacing {
                try rename(temporary, to: name)
            } else {
                try renameExclusively(temporary, to: name)
            }
        } catch {
            // The first fault is the one to tell; a temporary file that stays is harmless and is swept later.
            _ = unsafe temporary.withCString { unsafe unlinkat(rawValue, $0, 0) }
            throw error
        }
        try synchronize()
    }

    /// Renames within this folder unless the new name is taken.
    ///
    /// - Throws: `E-IO-EXISTS` when it is taken, `E-IO-…` with the new path; then nothing has changed.
    public func renameExclusively(_ name: FileName, to newName: FileName) throws(Fault) {
        let attempt = retrying {
            unsafe name.withCString { old in
                unsafe newName.withCString { new in
                    unsafe linux_rename_exclusive(rawValue, old, rawValue, new)
                }
            }
        }
        switch attempt {
        case .success: return
        // Old kernels and some network file systems do not know the flag.
        case .failure(.invalidArgument), .failure(.noFunction):
            try linkExclusively(name, to: newName)
        case .failure(let error): throw .unable("rename to", path.appending(newName), error)
        }
    }

    private func linkExclusively(_ name: FileName, to newName: FileName) throws(Fault) {
        do throws(Fault) {
            try hardLink(name, to: self, newName)
            try removeFile(name)
        } catch {
            switch error.systemError {
            case .notPermitted, .notSupported, .noFunction, .tooManyLinks: break
            default: throw error
            }
            // A file system with neither (FAT, some FUSE): two steps, which only a writer of the same
            // name could come between.
            guard try status(of: newName) == nil else {
                throw .unable("rename to", path.appending(newName), .fileExists)
            }
            try rename(name, to: newName)
        }
    }
}
