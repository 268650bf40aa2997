// Somebody else's client: Kafka's own, with the stock Avro (de)serializers. Run from source, with the jars of the profile
// "interop" of docker/pom.xml:
//
//   java -cp '<jars>/*' Interop.java read  <brokers> <registry> <topic> <count>     prints records as JSON lines
//   java -cp '<jars>/*' Interop.java write <brokers> <registry> <topic> <subject>   sends JSON lines, keyed by txId
//
// <registry> is the address of Apicurio's own API, …/apis/registry/v3.

import io.apicurio.registry.serde.Default4ByteIdHandler;
import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public final class Interop {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GROUP = "default"; // where Confluent's subjects are kept

  public static void main(String[] args) throws Exception {
    if (args.length == 5 && args[0].equals("read")) read(args[1], args[2], args[3], Integer.parseInt(args[4]));
    else if (args.length == 5 && args[0].equals("write")) write(args[1], args[2], args[3], args[4]);
    else throw new IllegalArgumentException("read <brokers> <registry> <topic> <count> | write <brokers> <registry> <topic> <subject>");
  }

  private static void read(String brokers, String registry, String topic, int count) {
    Map<String, Object> settings = settings(brokers, registry);
    settings.put("group.id", topic + "-interop");
    settings.put("auto.offset.reset", "earliest");
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", AvroKafkaDeserializer.class);
    try (KafkaConsumer<String, GenericRecord> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of(topic));
      long until = System.nanoTime() + PATIENCE.toNanos();
      for (int seen = 0; seen < count; ) {
        if (System.nanoTime() > until) throw new IllegalStateException(seen + " of " + count + " records in " + PATIENCE);
        for (var each : consumer.poll(Duration.ofMillis(200))) {
          System.out.println("{\"key\": \"" + each.key() + "\", \"value\": " + each.value() + "}");
          seen++;
        }
      }
    }
  }

  private static void write(String brokers, String registry, String topic, String subject) throws Exception {
    Map<String, Object> settings = settings(brokers, registry);
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", AvroKafkaSerializer.class);
    settings.put("apicurio.registry.auto-register", false);
    settings.put("apicurio.registry.find-latest", true);
    settings.put("apicurio.registry.artifact.group-id", GROUP);
    settings.put("apicurio.registry.artifact.artifact-id", subject);
    Schema schema = latest(registry, subject);
    var reader = new GenericDatumReader<GenericRecord>(schema);
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines().toList();
    try (KafkaProducer<String, GenericRecord> producer = new KafkaProducer<>(settings)) {
      for (String line : lines) {
        GenericRecord value = reader.read(null, DecoderFactory.get().jsonDecoder(schema, line));
        producer.send(new ProducerRecord<>(topic, value.get("txId").toString(), value)).get();
      }
    }
  }

  private static Map<String, Object> settings(String brokers, String registry) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", brokers);
    settings.put("apicurio.registry.url", registry);
    settings.put("apicurio.registry.id-handler", Default4ByteIdHandler.class.getName());
    settings.put("apicurio.registry.use-id", "contentId"); // the id that Confluent's API speaks of
    return settings;
  }

  private static Schema latest(String registry, String subject) throws Exception {
    String path = "/groups/" + GROUP + "/artifacts/" + URLEncoder.encode(subject, StandardCharsets.UTF_8)
        + "/versions/branch=latest/content";
    var request = HttpRequest.newBuilder(URI.create(registry + path)).timeout(PATIENCE).build();
    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) throw new IllegalStateException(path + " answers " + response.statusCode());
    return new Schema.Parser().parse(response.body());
  }

  private Interop() {}
}
