/*
 * The embedded MongoDB: a server that speaks MongoDB's wire protocol over one H2 file, for machines without `mongod`.
 * H2 alone writes once a second; here a write is in the file before it is acknowledged, so that kill -9 loses nothing
 * anybody was told of. Writers that wait together share one commit. No oplog, so no change streams: it is never trimmed,
 * and costs half of all writes. Arguments: host, port, file.
 */
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

class EmbeddedMongo {
    /** Above the number of connections that write at once: a writer that waits for its commit holds a thread. */
    private static final int THREADS = 64;

    /** 5.0 and wire version 13: the Node driver refuses less. */
    private static final MongoVersion VERSION = new MongoVersion() {
        @Override public List<Integer> getVersionArray() { return List.of(5, 0, 0, 0); }
        @Override public int getWireVersion() { return 13; }
    };

    private static final class DurableBackend extends H2Backend {
        private static final Set<String> WRITES = Set.of(
            "insert", "update", "delete", "findandmodify", "create", "createindexes", "drop", "dropindexes", "dropdatabase");
        private long asked;
        private long committed;

        DurableBackend(MVStore store) {
            super(store);
            Thread committer = new Thread(this::commitForEver, "committer");
            committer.setDaemon(true);
            committer.start();
        }

        @Override public Document handleMessage(MongoMessage message) {
            Document reply = super.handleMessage(message);
            String command = message.getDocument().keySet().iterator().next();
            if (WRITES.contains(command.toLowerCase())) awaitCommit();
            return reply;
        }

        private synchronized void awaitCommit() {
            long mine = ++asked;
            notifyAll();
            try {
                while (committed < mine) wait();
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
            }
        }

        /** A commit that fails ends the process: clients then see an outage, never a write that hangs or is lost. */
        private void commitForEver() {
            try {
                while (true) {
                    long upTo;
                    synchronized (this) {
                        while (asked == committed) wait();
                        upTo = asked;
                    }
                    commit();
                    synchronized (this) {
                        committed = upTo;
                        notifyAll();
                    }
                }
            } catch (Throwable failure) {
                end(failure);
            }
        }
    }

    /** H2 closes its file after a write that failed; whoever is served from memory then would never be answered rightly again. */
    private static void end(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    public static void main(String[] args) {
        MVStore store;
        try {
            store = new MVStore.Builder().fileName(args[2]).cacheSize(32).pageSplitSize(4096)
                .backgroundExceptionHandler((thread, failure) -> end(failure)).open();
        } catch (MVStoreException failure) {
            System.err.println("cannot open " + args[2] + ", is another server using it? " + failure.getMessage());
            System.exit(1);
            return;
        }
        // Old versions of a page serve no reader here; kept for H2's default of 45 s they would swell the file fiftyfold.
        store.setRetentionTime(0);
        store.setVersionsToKeep(0);
        DurableBackend backend = new DurableBackend(store);
        backend.version(VERSION);
        MongoServer server = new MongoServer(backend);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        server.bind(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 1, THREADS);
        System.out.println("listening on " + args[0] + ":" + args[1] + ", file " + args[2]);
    }
}
