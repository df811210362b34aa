import Glibc

/// An array of C strings that ends with NULL, alive as long as the object; nil strings are NULL.
@safe final class CStringList {
    private let storage: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ texts: [String?]) {
        count = texts.count
        unsafe storage = .allocate(capacity: texts.count + 1)
        unsafe storage.initialize(repeating: nil, count: texts.count + 1)
        for (index, text) in texts.enumerated() {
            unsafe storage[index] = unsafe UnsafePointer(text.flatMap { unsafe strdup($0) })
        }
    }

    deinit {
        for index in 0..<count { unsafe free(UnsafeMutablePointer(mutating: storage[index])) }
        unsafe storage.deallocate()
    }

    /// The array; do not keep it beyond the object's life.
    @unsafe var pointers: UnsafePointer<UnsafePointer<CChar>?> { unsafe UnsafePointer(storage) }
}
