import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** The settings of the node's programs. Each value that is not the default is explained by what the machine may lack. */
export interface NodeConfig {
  /** The node's folder. */
  readonly dir: string;
  /** The folder with the network plugins. */
  readonly nodeProgramsDir: string;
  /** The path of runc. */
  readonly runc: string;
  /** The reference of the image of the container that holds a pod's namespaces. */
  readonly pauseImage: string;
  /** The certificate authority of the API server's and the users' client certificates. */
  readonly clientCaFile: string;
  /** The parent of all cgroups of pods, as an absolute path in the cgroup hierarchy. */
  readonly cgroup: string;
  /** The archives with the images that the node has from the start. */
  readonly archives: readonly string[];
}

export async function writeNodeConfig(config: NodeConfig): Promise<void> {
  const { dir } = config;
  await mkdir(join(dir, 'cni'), { recursive: true, mode: 0o700 });
  await mkdir(join(dir, 'disks'), { recursive: true });
  await Promise.all([
    writeFile(join(dir, 'containerd.toml'), containerd(config)),
    writeFile(join(dir, 'kubelet.yaml'), stringify(kubelet(config))),
    writeFile(join(dir, 'cni', '10-bridge.conflist'), JSON.stringify(NETWORK)),
    writeFile(join(dir, 'archives'), config.archives.map((archive) => `${archive}\n`).join('')),
    // Nothing outside the node's network can be reached, a name server neither.
    writeFile(join(dir, 'resolv.conf'), ''),
  ]);
}

/** All pods are on one bridge. They reach one another and the node, and nothing else. */
const NETWORK = {
  cniVersion: '1.0.0',
  name: 'bridge',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: '10.244.0.0/24' }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
};

/**
 * Without CAP_SYS_RESOURCE, nobody may lower an OOM score (`restrict_oom_score_adj`). AppArmor profiles belong to the machine,
 * and loading one needs a right that the node may not have.
 */
const containerd = ({ dir, nodeProgramsDir, runc, pauseImage }: NodeConfig): string => `version = 3
root = ${toml(join(dir, 'containerd'))}
state = "/run/containerd"
oom_score = 0

[grpc]
address = "/run/containerd/containerd.sock"

[plugins.'io.containerd.cri.v1.images']
snapshotter = "overlayfs"

[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = ${toml(pauseImage)}

[plugins.'io.containerd.cri.v1.runtime']
disable_apparmor = true
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = [${toml(nodeProgramsDir)}]
conf_dir = ${toml(join(dir, 'cni'))}

[plugins.'io.containerd.cri.v1.runtime'.containerd]
default_runtime_name = "runc"

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = ${toml(runc)}
SystemdCgroup = false
`;

/** A JSON string is a basic string in TOML, too. */
const toml = (text: string): string => JSON.stringify(text);

const kubelet = ({ dir, clientCaFile, cgroup }: NodeConfig) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: clientCaFile },
  },
  authorization: { mode: 'Webhook' },
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  cgroupDriver: 'cgroupfs',
  cgroupRoot: cgroup,
  failCgroupV1: false,
  failSwapOn: false,
  oomScoreAdj: 0,
  makeIPTablesUtilChains: false,
  podLogsDir: join(dir, 'pod-logs'),
  resolvConf: join(dir, 'resolv.conf'),
  serializeImagePulls: false,
  // The machine's memory and disk are not the node's alone.
  evictionHard: {
    'nodefs.available': '0%',
    'nodefs.inodesFree': '0%',
    'imagefs.available': '0%',
    'imagefs.inodesFree': '0%',
    'memory.available': '0%',
  },
  imageGCHighThresholdPercent: 100,
});
