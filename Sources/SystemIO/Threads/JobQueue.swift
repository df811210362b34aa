import Glibc

/// The jobs of ``BlockingThreads`` that wait for a thread, oldest first.
///
/// `@unchecked`: all that changes is behind `mutex`, which must be the C library's own, since a `Mutex` has no
/// condition to wait for.
@safe final class JobQueue: @unchecked Sendable {
    typealias Entry = (job: UnownedJob, executor: UnownedTaskExecutor)

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var entries: [Entry] = unsafe []
    private var head = 0
    private var isClosed = false

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    func append(_ job: UnownedJob, executor: UnownedTaskExecutor) {
        unsafe pthread_mutex_lock(mutex)
        precondition(!isClosed, "a job came after its threads were shut down")
        unsafe entries.append((job, executor))
        unsafe pthread_cond_signal(changed)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits for the next job; nil when the queue is closed and empty.
    func next() -> Entry? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while unsafe head == entries.count {
            if isClosed { return nil }
            unsafe pthread_cond_wait(changed, mutex)
        }
        let entry = unsafe entries[head]
        head += 1
        // What was taken is dropped when it is half of the array, so a job costs a constant time on average.
        if unsafe head * 2 > entries.count {
            unsafe entries.removeFirst(head)
            head = 0
        }
        return unsafe entry
    }

    func close() {
        unsafe pthread_mutex_lock(mutex)
        isClosed = true
        unsafe pthread_cond_broadcast(changed)
        unsafe pthread_mutex_unlock(mutex)
    }
}
