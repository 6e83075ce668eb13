/** What the objects of one kustomization say of one another: the API server accepts a name that does not exist. */

import type { Json } from './kustomize.js';

/** Lines about references that lead nowhere. */
export function brokenReferences(objects: readonly Json[]): string[] {
  const found: string[] = [];
  const named = (kind: string, name: string) =>
    objects.find((one) => one.kind === kind && one.metadata.name === name) as Json | undefined;
  const need = (holds: unknown, what: string) => {
    if (!holds) found.push(what);
  };
  const workloads = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const labelled = (labels: Json) =>
    workloads.filter(({ spec }) =>
      Object.entries(labels).every(([name, value]) => spec.template.metadata.labels?.[name] === value),
    );
  const hasKey = (kind: string, name: string, key: string) => named(kind, name)?.data?.[key] !== undefined;

  for (const { kind, metadata } of objects) {
    if (kind !== 'Namespace') need(named('Namespace', metadata.namespace), `${kind} ${metadata.name}: its namespace`);
  }
  for (const { kind, metadata, spec } of workloads) {
    const who = `${kind} ${metadata.name}`;
    need(labelled(spec.selector.matchLabels).length === 1, `${who}: its selector selects its own pods, and no others`);
    need(labelled(spec.selector.matchLabels)[0]?.metadata.name === metadata.name, `${who}: its selector`);
    if (kind === 'StatefulSet')
      need(named('Service', spec.serviceName)?.spec.clusterIP === 'None', `${who}: serviceName`);
    podReferences(who, spec);
  }

  function podReferences(who: string, { template: { spec: pod }, volumeClaimTemplates = [] }: Json): void {
    const volumes = new Map<string, Json>((pod.volumes ?? []).map((one: Json) => [one.name, one]));
    for (const claim of volumeClaimTemplates) volumes.set(claim.metadata.name, claim);
    for (const { name, secret, configMap, persistentVolumeClaim: claim } of volumes.values()) {
      if (secret) need(named('Secret', secret.secretName), `${who}: secret of volume ${name}`);
      if (configMap) need(named('ConfigMap', configMap.name), `${who}: config map of volume ${name}`);
      if (claim) need(named('PersistentVolumeClaim', claim.claimName), `${who}: claim of volume ${name}`);
    }
    if (pod.serviceAccountName) need(named('ServiceAccount', pod.serviceAccountName), `${who}: service account`);
    for (const container of pod.containers) {
      const mounts = new Map<string, Json>(container.volumeMounts.map((one: Json) => [one.mountPath, one]));
      for (const { name } of mounts.values()) need(volumes.has(name), `${who}: volume ${name}`);
      for (const { valueFrom } of container.env ?? []) {
        const key = valueFrom?.secretKeyRef;
        if (key) need(hasKey('Secret', key.name, key.key), `${who}: ${key.key} of secret ${key.name}`);
      }
      for (const { secretRef } of container.envFrom ?? [])
        need(named('Secret', secretRef.name), `${who}: secret of envFrom`);
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
        const { httpGet, grpc, tcpSocket } = container[probe] ?? {};
        const port = (httpGet ?? grpc ?? tcpSocket)?.port;
        const known = (container.ports ?? []).some((one: Json) => one.name === port || one.containerPort === port);
        need(port === undefined || known, `${who}: port of ${probe}`);
      }
      for (const argument of container.args) {
        const [, path = ''] = /=(\/etc\/\S+)$/.exec(argument) ?? [];
        if (path !== '') need(isMounted(path, mounts, volumes), `${who}: the file of ${argument}`);
        const [, host = ''] = /=(?:redis|http):\/\/([^:/]+)/.exec(argument) ?? [];
        if (host !== '' && !/^[\d.]+$/.test(host)) need(named('Service', host), `${who}: the service of ${argument}`);
      }
    }
  }

  function isMounted(path: string, mounts: ReadonlyMap<string, Json>, volumes: ReadonlyMap<string, Json>): boolean {
    const at = path.lastIndexOf('/');
    const { secret, configMap } = volumes.get(mounts.get(path.slice(0, at))?.name) ?? {};
    const file = path.slice(at + 1);
    return secret ? hasKey('Secret', secret.secretName, file) : hasKey('ConfigMap', configMap?.name, file);
  }

  for (const { kind, metadata, spec, ...object } of objects) {
    const who = `${kind} ${metadata.name}`;
    switch (kind) {
      case 'Service':
        need(labelled(spec.selector).length === 1, `${who}: its selector`);
        for (const { targetPort } of spec.ports) {
          const ports = labelled(spec.selector).flatMap((one) => one.spec.template.spec.containers[0].ports);
          need(
            ports.some(({ name }: Json) => name === targetPort),
            `${who}: port ${targetPort}`,
          );
        }
        break;
      case 'PodDisruptionBudget':
        need(labelled(spec.selector.matchLabels).length === 1, `${who}: its selector`);
        break;
      case 'NetworkPolicy':
        need(labelled(spec.podSelector.matchLabels).length === 1, `${who}: its selector`);
        for (const { from, ports } of spec.ingress) {
          for (const { podSelector } of from) {
            if (podSelector) need(labelled(podSelector.matchLabels).length === 1, `${who}: from`);
          }
          const own = labelled(spec.podSelector.matchLabels).flatMap(
            (one) => one.spec.template.spec.containers[0].ports,
          );
          for (const { port } of ports)
            need(
              own.some((one: Json) => one.containerPort === port),
              `${who}: port ${port}`,
            );
        }
        break;
      case 'RoleBinding':
        need(named(object.roleRef.kind, object.roleRef.name), `${who}: its role`);
        for (const one of object.subjects) {
          need(named(one.kind, one.name)?.metadata.namespace === one.namespace, `${who}: ${one.name}`);
        }
        break;
      case 'Role':
        for (const { resources, resourceNames = [] } of object.rules) {
          const isDeployment = resources.every((one: string) => one.startsWith('deployments'));
          for (const name of resourceNames) need(isDeployment && named('Deployment', name), `${who}: ${name}`);
        }
        break;
      case 'ScaledObject':
        need(named(spec.scaleTargetRef.kind, spec.scaleTargetRef.name), `${who}: its target`);
        for (const { authenticationRef, metadata: trigger } of spec.triggers) {
          need(named('TriggerAuthentication', authenticationRef.name), `${who}: its authentication`);
          const [host, namespace] = new URL(trigger.url).hostname.split('.');
          need(named('Service', host ?? '')?.metadata.namespace === namespace, `${who}: its url`);
        }
        break;
      case 'TriggerAuthentication':
        for (const { name, key } of spec.secretTargetRef)
          need(hasKey('Secret', name, key), `${who}: ${key} of ${name}`);
    }
  }
  const hosts = named('ConfigMap', 'fractal-hosts')?.data.hosts ?? '';
  const [, name, port] = /^dns:\/\/\/([\w-]+):(\d+)$/.exec(hosts) ?? [];
  const headless = named('Service', name ?? '')?.spec;
  need(headless?.clusterIP === 'None', 'hosts: a headless Service');
  need(headless?.ports[0].port === Number(port), 'hosts: its port');
  return found;
}
