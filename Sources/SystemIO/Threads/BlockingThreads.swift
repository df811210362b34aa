import CLinux
import Glibc

/// Threads of our own for tasks that block: disk, libpq, compression.
///
/// Tasks run on them through `withTaskExecutorPreference`. The number of threads is fixed; jobs wait in one queue in
/// the order in which they came. Nothing ever blocks the cooperative pool that Swift shares among all tasks.
public final class BlockingThreads: TaskExecutor {
    private let queue = JobQueue()
    private let threads: [pthread_t]

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - name: What tools such as `top -H` show; the system keeps 15 bytes of it.
    ///   - threads: How many, at least 1.
    public init(name: String, threads: Int) {
        precondition(threads > 0, "jobs need a thread to run on")
        let queue = queue
        self.threads = (0..<threads).map { _ in
            Self.start(Seat(name: String(name.prefix(15)), queue: queue))
        }
    }

    /// Puts a job at the end of the queue.
    public func enqueue(_ job: consuming ExecutorJob) {
        unsafe queue.append(UnownedJob(job), executor: asUnownedTaskExecutor())
    }

    /// Runs what is in the queue, then ends the threads and waits for them.
    ///
    /// Call it once, from another thread, when no task uses the executor any more; a job that comes later is a
    /// programmer's error.
    public func shutDown() {
        queue.close()
        for thread in threads { pthread_join(thread, nil) }
    }

    private final class Seat: Sendable {
        let name: String
        let queue: JobQueue
        init(name: String, queue: JobQueue) {
            self.name = name
            self.queue = queue
        }
    }

    private static func start(_ seat: Seat) -> pthread_t {
        var thread = pthread_t()
        let retained = unsafe Unmanaged.passRetained(seat).toOpaque()
        let outcome = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let seat = unsafe Unmanaged<Seat>.fromOpaque(argument).takeRetainedValue()
                unsafe linux_name_thread(seat.name)
                while let (job, executor) = unsafe seat.queue.next() {
                    unsafe job.runSynchronously(on: executor)
                }
                return nil
            },
            retained
        )
        precondition(outcome == 0, "the system refuses to start a thread")
        return thread
    }
}
