/*
 * The embedded MongoDB: a server that speaks MongoDB's wire protocol over one H2 file, for machines without `mongod`.
 * H2 alone writes once a second; here a write is in the file before it is acknowledged, so that kill -9 loses nothing
 * anybody was told of. Writers that wait together share one commit. No oplog, so no change streams: it is never trimmed,
 * and costs half of all writes. Arguments: host, port, file.
 */
import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.ObjectDataType;

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

        @Override protected MongoDatabase openOrCreateDatabase(String name) {
            return new CompactDatabase(name, getMvStore(), getCursorRegistry());
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

    /** Opens each map with its types before H2Database does, which takes what is open already. */
    private static final class CompactDatabase extends H2Database {
        CompactDatabase(String name, MVStore store, CursorRegistry cursors) {
            super(name, store, cursors);
        }

        @Override protected Index<Object> openOrCreateUniqueIndex(
            String collection, String index, List<IndexKey> keys, boolean sparse) {
            open(getDatabaseName() + "." + collection + "._index_" + index);
            return super.openOrCreateUniqueIndex(collection, index, keys, sparse);
        }

        @Override protected MongoCollection<Object> openOrCreateCollection(String collection, CollectionOptions options) {
            open("databases." + getDatabaseName() + "." + collection);
            return super.openOrCreateCollection(collection, options);
        }

        /** The constructor above calls this before there are fields here: the store is the backend's, of which there is one. */
        private void open(String map) {
            CompactType type = new CompactType();
            opened.openMap(map, new MVMap.Builder<Object, Object>().keyType(type).valueType(type));
        }
    }

    private static MVStore opened;

    /**
     * Documents as BSON, and keys of indexes value by value. H2 alone takes both for Java objects: it serializes them to write them, and keys
     * each time two are compared, which was half of all this server's work.
     */
    private static final class CompactType extends ObjectDataType {
        /** H2's own are positive. */
        private static final byte DOCUMENT = -1;
        private static final byte KEY = -2;

        @Override public void write(WriteBuffer to, Object value) {
            if (value instanceof Document document) writeDocument(to, document);
            else if (value instanceof KeyValue key) {
                to.put(KEY).putVarInt(key.size());
                for (Object part : key) super.write(to, part);
            } else super.write(to, value);
        }

        private static void writeDocument(WriteBuffer to, Document document) {
            ByteBuf bson = Unpooled.buffer(512);
            BsonEncoder.encodeDocument(document, bson);
            to.put(DOCUMENT).putVarInt(bson.readableBytes()).put(bson.array(), bson.arrayOffset(), bson.readableBytes());
        }

        @Override public Object read(ByteBuffer from) {
            byte tag = from.get(from.position());
            if (tag != DOCUMENT && tag != KEY) return super.read(from);
            from.get();
            int size = DataUtils.readVarInt(from);
            if (tag == KEY) {
                List<Object> parts = new ArrayList<>(size);
                for (int i = 0; i < size; i++) parts.add(super.read(from));
                return new KeyValue(parts);
            }
            ByteBuffer bson = from.slice(from.position(), size);
            from.position(from.position() + size);
            return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(bson));
        }

        @Override public int compare(Object a, Object b) {
            if (!(a instanceof KeyValue one) || !(b instanceof KeyValue other)) return super.compare(a, b);
            int order = Integer.compare(one.size(), other.size());
            for (int i = 0; order == 0 && i < one.size(); i++) order = super.compare(one.get(i), other.get(i));
            return order;
        }

        /** About so many bytes: pages are split by it. */
        @Override public int getMemory(Object value) {
            int bytes = 32;
            if (value instanceof String text) return bytes + text.length();
            if (value instanceof Map<?, ?> map)
                for (Map.Entry<?, ?> entry : map.entrySet()) bytes += getMemory(entry.getKey()) + getMemory(entry.getValue());
            else if (value instanceof Iterable<?> values) for (Object one : values) bytes += getMemory(one);
            return bytes;
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
        opened = store;
        DurableBackend backend = new DurableBackend(store);
        backend.version(VERSION);
        MongoServer server = new MongoServer(backend);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        server.bind(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 1, THREADS);
        System.out.println("listening on " + args[0] + ":" + args[1] + ", file " + args[2]);
    }
}
