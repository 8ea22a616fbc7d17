import assert from "node:assert/strict";
import { ENVIRONMENT, readConfig } from "../../src/config/environment.ts";
import { type Document, readDeploymentFiles, typeFaults } from "../../tools/deploy/deployment_files.ts";
import { TestService } from "../http/test_service.ts";

const { instructions, resources } = await readDeploymentFiles();
const ofKind = (kind: string): Document => resources.find((resource) => resource.kind === kind);
const [config_map, deployment, secret, service] = ["ConfigMap", "Deployment", "Secret", "Service"].map(
  ofKind,
);
const pod = deployment.spec.template;
const [container] = pod.spec.containers;

Deno.test("the manifests follow the schemas of Kubernetes", async () => {
  const faults = await typeFaults([
    ["IConfigMap", config_map],
    ["IDeployment", deployment],
    ["ISecret", secret],
    ["IService", service],
  ]);
  assert.equal(faults, "");
  const wrong = { ...deployment, spec: { ...deployment.spec, replica: 1 } };
  assert.match(await typeFaults([["IDeployment", wrong]]), /replica/);
});

Deno.test("no manifest names a namespace, and all select the same pods", () => {
  for (const { metadata, kind } of resources) assert.equal(metadata?.namespace, undefined, kind);
  assert.deepEqual(deployment.spec.selector.matchLabels, pod.metadata.labels);
  assert.deepEqual(service.spec.selector, pod.metadata.labels);
  assert.deepEqual(ofKind("Kustomization").resources, ["configmap.yaml", "deployment.yaml", "service.yaml"]);
});

Deno.test("every variable of the ConfigMap exists, and the service accepts the values", () => {
  const { DENO_V8_FLAGS, ...variables } = config_map.data;
  assert.deepEqual(Object.keys(variables).filter((name) => !ENVIRONMENT.includes(name)), []);
  assert.equal(readConfig(variables).port, container.ports[0].containerPort);
  assert.deepEqual([DENO_V8_FLAGS, container.resources.limits.memory], ["--max-old-space-size=1000", "2Gi"]);
  assert.equal(container.resources.requests.memory, container.resources.limits.memory);
  assert.deepEqual(container.envFrom, [{ configMapRef: { name: config_map.metadata.name } }]);
});

Deno.test("the files that the ConfigMap names are the keys of the Secret", () => {
  const [mount] = container.volumeMounts;
  const [volume] = pod.spec.volumes;
  assert.deepEqual([mount.name, volume.secret.secretName], [volume.name, secret.metadata.name]);
  const files = Object.entries<string>(config_map.data).filter(([name]) => name.endsWith("_FILE"))
    .map(([, path]) => path);
  assert.deepEqual(
    files.sort(),
    Object.keys(secret.stringData).map((key) => `${mount.mountPath}/${key}`).sort(),
  );
  // The example must not work: its values are words, and the URL has no password.
  assert.doesNotMatch(JSON.stringify(secret), /[0-9a-f]{32}/);
});

Deno.test("the probes ask for paths that the service answers, on its port", async () => {
  await using test_service = new TestService();
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const probes = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet);
  assert.deepEqual(probes.map(({ path }) => path), ["/healthz", "/readyz", "/healthz"]);
  for (const { path, port } of probes) {
    assert.equal((await test_service.app.hono.request(path)).status, 200);
    assert.equal(port, container.ports[0].name);
  }
  assert.equal(service.spec.ports[0].targetPort, container.ports[0].name);
  const { annotations } = pod.metadata;
  assert.equal(annotations["prometheus.io/port"], String(container.ports[0].containerPort));
  assert.equal((await test_service.app.hono.request(annotations["prometheus.io/path"])).status, 200);
});

Deno.test("one process runs at a time, unprivileged on read-only files, with time to drain", () => {
  assert.deepEqual([deployment.spec.replicas, deployment.spec.strategy], [1, { type: "Recreate" }]);
  const [user] = instructions.filter(({ keyword }) => keyword === "USER").map(({ text }) => text);
  const { runAsNonRoot, runAsUser, runAsGroup, fsGroup } = pod.spec.securityContext;
  assert.deepEqual([runAsNonRoot, `${runAsUser}:${runAsGroup}`, fsGroup], [true, user, runAsGroup]);
  assert.deepEqual(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  // The owner and the group may read the secrets: the group is the service's.
  assert.equal(pod.spec.volumes[0].secret.defaultMode, 0o440);
  assert.ok(pod.spec.terminationGracePeriodSeconds > 10);
});
