// Generated from openapi.yaml by `npm run generate`. Do not edit.

export interface paths {
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the templates of machines
         * @description The catalogue changes only with the version of the API.
         */
        get: operations["listTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List machines
         * @description Sorted by namespace and name, in pages. A page begins where the previous one ended, even if machines were created or deleted in between.
         */
        get: operations["listDevMachines"];
        /**
         * Replace the spec of a machine
         * @description Redeploys an existing machine. Fields that were set through this API and that the request omits return to their defaults; the disk stays. Fields that other field managers have set and that the request omits stay. If the request sets one of those to another value, it is a 409 that names the field and its managers.
         */
        put: operations["replaceDevMachine"];
        /**
         * Create a machine
         * @description The first creator wins. Repeating the request succeeds (200). A different spec under the same name is a 409 that lists the fields that differ.
         */
        post: operations["createDevMachine"];
        /**
         * Delete a machine
         * @description The disk and the access Secret outlive the machine unless storage.retention is Delete, and the next machine with this name uses them again. With purge they are deleted too: retention is set to Delete, and the machine is deleted once the operator has applied that. If the operator does not do so in time (504), nothing is deleted. Idempotent while the machine is being deleted.
         */
        delete: operations["deleteDevMachine"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a machine
         * @description Deletes its pod and keeps its disk. Succeeds if the machine is already stopped.
         */
        post: operations["stopDevMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a machine
         * @description Succeeds if the machine is already started, and leaves it alone.
         */
        post: operations["startDevMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart a machine
         * @description Replaces its pod and keeps its disk. Starts a machine that is stopped.
         */
        post: operations["restartDevMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the status of a machine, or wait for a phase
         * @description With `waitFor`, the response is sent as soon as the machine is in that phase or in Failed. If the machine is deleted, it is a 404. After `timeoutSeconds`, or when the API shuts down, it is the current status: check its `phase`.
         *
         *     `If-None-Match` is compared with the status that is about to be sent, after the wait. It does not prolong the wait.
         *
         *     While the Kubernetes API server does not respond, the last known status is returned, with its age in the header `Age` and, after 10 s, with `staleSince`. After MAX_STALENESS_SECONDS it is a 503.
         */
        get: operations["getDevMachineStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the password of a machine
         * @description Reads the access Secret of the machine with the token of the caller, who also needs the right to get machines. The response is not stored anywhere (`Cache-Control: no-store`), and the password is never logged. Until the operator has created the password, the call is a 409.
         */
        get: operations["getDevMachineAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read or follow the log of a machine
         * @description What a container of the machine's pod has written, from the kubelet, as `text/plain`. The node keeps the log of the present container and of the one before, and of each only the last files (usually 10 MiB).
         *
         *     With `follow`, the response goes on with what the container writes. It survives a restart of the container, with the line `--- container restarted: REASON, exit CODE ---`, and a new pod of the machine, with the line `--- pod replaced: NAME by NAME ---`: no line is lost or repeated. It ends when the machine is stopped or deleted, and when the caller may no longer read it; the last line says why (`--- machine stopped ---`, `--- machine deleted ---`, `--- log ended: … ---`). A container that has not started yet is waited for.
         *
         *     A machine without a pod is a 409. If the kubelet of its node does not respond, or there is none, as on simulated nodes, it is a 503 `kubelet-unreachable`.
         */
        get: operations["getDevMachineLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/terminal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a terminal in a machine
         * @description A WebSocket with the sub-protocol `devmachine.terminal.v1`. A browser, which cannot set headers, sends its token as a second sub-protocol, `base64url.bearer.authorization.k8s.io.TOKEN`, with the token in base64url without padding.
         *
         *     Binary messages are what is typed and what the terminal shows. Text messages are JSON: the client sends `{"type":"resize","cols":120,"rows":40}`; the server sends `{"type":"exit","code":0}` when the command has ended, and `{"type":"error","problem":{…}}` before it closes for another reason. The server pings every 30 seconds, and closes connections that do not respond.
         *
         *     All other responses are sent instead of the WebSocket: it opens when the command runs. When it closes, the command is hung up.
         */
        get: operations["openDevMachineTerminal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happened to a machine in the last hour
         * @description The events of the machine, its pods (former ones too), ReplicaSets, Deployment, Service, disk, Ingress and certificate, read with the token of the caller, who also needs the right to get machines. Equal events are one item.
         *
         *     **Clusters keep events for about one hour** (`--event-ttl` of the API server), so older ones are missing. What is kept longer is one item with the reason `SpecChanged` per field manager: when it last changed its fields, the spec among them.
         *
         *     Events name their objects, and a machine that was created again has the names of the earlier one: its events are included.
         */
        get: operations["getDevMachineTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devmachines/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow the statuses of machines
         * @description Server-Sent Events: first the current status documents (`status`), then `synced`, then every change: `status` with the whole document, `deleted` with name, namespace and uid. The documents of a machine are sent in order and never go back.
         *
         *     With `Last-Event-ID`, which an EventSource sends by itself, the stream resumes after that event, and `synced` marks the point where it has caught up. If it cannot resume, because the event is too old or was sent by another replica, it begins with `reset`, followed by all documents: they replace everything that the client has.
         *
         *     A comment every 15 seconds (or as configured) shows that an idle stream is alive. While the Kubernetes API server does not respond, `stale` is sent instead, with `staleSince`: the time until which everything sent on the stream is known to be true. `fresh` ends that state. A client that falls behind receives only the newest document of each machine. One that does not read, or falls too far behind, is disconnected and may reconnect.
         */
        get: operations["streamDevMachineEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/disks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the disks whose machines are gone
         * @description Read with the token of the caller, who also needs the right to list machines. A disk is listed if its machine was deleted and storage.retention was Retain, the default. A machine of the same name in this namespace gets it again.
         */
        get: operations["listDisks"];
        put?: never;
        post?: never;
        /**
         * Delete a disk whose machine is gone
         * @description The files on it are lost, unless the reclaim policy of its volume is Retain. The access Secret of the machine is deleted, too. Needs the rights to get and delete persistentvolumeclaims and secrets, to get machines and to list pods; if one is missing, nothing is deleted. While the machine exists or a pod uses the disk, it is a 409. If the request fails halfway, repeat it.
         */
        delete: operations["deleteDisk"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the namespaces in which the caller may list machines
         * @description Empty namespaces are included. The cluster is asked with the token of the caller. Its answer is kept for 30 seconds, so a new namespace or right may be missing for as long.
         */
        get: operations["listNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A development machine in a request. */
        DevMachineManifest: {
            /**
             * @description API group and version.
             * @enum {string}
             */
            apiVersion: "ide.example.com/v1alpha1";
            /**
             * @description Kind of the object.
             * @enum {string}
             */
            kind: "DevMachine";
            /** @description Identity of the machine. */
            metadata: {
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description Namespace of the machine. */
                namespace?: string;
            };
            spec: components["schemas"]["DevMachineSpec"];
        };
        /** @description A development machine as the cluster stores it, with defaults. */
        DevMachine: {
            /**
             * @description API group and version.
             * @enum {string}
             */
            apiVersion: "ide.example.com/v1alpha1";
            /**
             * @description Kind of the object.
             * @enum {string}
             */
            kind: "DevMachine";
            metadata: {
                /** @description Name of the machine. */
                name: string;
                /** @description Namespace of the machine. */
                namespace: string;
                /** @description Unique id. A later machine of the same name has another one. */
                uid: string;
                /** @description Opaque version of the object; it changes with every change. */
                resourceVersion: string;
                /** @description Increases with each change of the spec. */
                generation: number;
                /** @description When the machine was created (RFC 3339). */
                creationTimestamp: string;
            };
            spec: components["schemas"]["DevMachineSpec"];
        };
        /** @description A development machine as the cluster stores it, with defaults. */
        WrittenDevMachine: {
            /**
             * @description API group and version.
             * @enum {string}
             */
            apiVersion: "ide.example.com/v1alpha1";
            /**
             * @description Kind of the object.
             * @enum {string}
             */
            kind: "DevMachine";
            metadata: {
                /** @description Name of the machine. */
                name: string;
                /** @description Namespace of the machine. */
                namespace: string;
                /** @description Unique id. A later machine of the same name has another one. */
                uid: string;
                /** @description Opaque version of the object; it changes with every change. */
                resourceVersion: string;
                /** @description Increases with each change of the spec. */
                generation: number;
                /** @description When the machine was created (RFC 3339). */
                creationTimestamp: string;
            };
            spec: components["schemas"]["DevMachineSpec"];
            /** @description What should be changed, although the request has succeeded. */
            warning?: string;
        };
        /** @description The status of a machine. */
        MachineStatus: {
            /** @description Name of the machine. */
            name: string;
            /** @description Namespace of the machine. */
            namespace: string;
            /** @description Unique id. A later machine of the same name has another one. */
            uid: string;
            /** @description Increases with each change of the spec. */
            generation: number;
            /**
             * @description What the machine is doing.
             * @enum {string}
             */
            phase: "Pending" | "Starting" | "Running" | "Stopping" | "Stopped" | "Failed" | "Deleting";
            /** @description Whether the machine is usable: true only in the phase Running. */
            ready: boolean;
            /**
             * @description Why the machine is in this phase. docs/status.md explains each reason.
             * @enum {string}
             */
            reason: "AwaitingOperator" | "ReleaseFailed" | "QuotaExceeded" | "PodRefused" | "CreatingPod" | "Recreating" | "NodeLost" | "Evicted" | "EphemeralStorageExceeded" | "Queued" | "Unschedulable" | "DiskPending" | "DiskConflict" | "DiskLost" | "PullingImage" | "ImagePullFailed" | "MountFailed" | "SecretMissing" | "ContainerStarting" | "ContainerStartFailed" | "IdeIncompatible" | "ContainerCrashing" | "OutOfMemory" | "ProbeFailing" | "EndpointsNotReady" | "IngressPending" | "IngressClassMissing" | "IngressNotServed" | "CertificatePending" | "HostConflict" | "PartUnknown" | "Ready" | "StoppedByUser" | "Terminating" | "TerminationStuck";
            /** @description What is happening, for people. */
            message: string;
            /** @description What to do about it, for people. */
            hint: string;
            /** @description Since when the reason has applied, according to the objects in the cluster (RFC 3339). */
            since: string;
            /** @description URL of the machine. Present only if somebody serves it: the machine is Running and has an ingressDomain, or a change has failed and the machine still answers at its former host. It has a port if the Ingress reports a single TCP port in its status that is not the default of the scheme. */
            url?: string;
            spec: components["schemas"]["DevMachineSpec"];
            /** @description Conditions that the operator reports; empty until the operator has processed the machine. */
            conditions: {
                /** @description Type of the condition, such as Deployed. */
                type: string;
                /** @description True, False or Unknown. */
                status: string;
                /** @description Machine-readable reason for the status. */
                reason?: string;
                /** @description Explanation for people. */
                message?: string;
                /** @description When the status last changed (RFC 3339). */
                lastTransitionTime?: string;
            }[];
            /** @description Kubernetes objects of the machine. */
            resources: {
                /** @description Pods of the machine, including terminating ones. */
                pods: {
                    /** @description Name of the pod. */
                    name: string;
                    /** @description Phase of the pod: Pending, Running, Succeeded, Failed or Unknown. */
                    phase: string;
                    /** @description Whether the pod is ready. */
                    ready: boolean;
                    /** @description How often its containers have been restarted. */
                    restarts: number;
                    /** @description Node that the pod runs on. */
                    node?: string;
                    /** @description When the pod was created (RFC 3339). */
                    createdAt: string;
                    /** @description Whether the pod is terminating. */
                    deleting: boolean;
                }[];
                /** @description The machine's disk. It may have been kept from an earlier machine of the same name. */
                disk?: {
                    /** @description Name of the PersistentVolumeClaim. */
                    name: string;
                    /** @description Phase of the claim: Pending, Bound or Lost. */
                    phase: string;
                    /** @description Capacity of the disk; the requested size until the claim is bound. */
                    size: string;
                    /** @description StorageClass of the disk. */
                    storageClassName?: string;
                    /** @description Whether it is being deleted. */
                    deleting: boolean;
                };
                /** @description The machine's Ingress. */
                ingress?: {
                    /** @description Name of the Ingress. */
                    name: string;
                    /** @description Host names that the Ingress serves. */
                    hosts: string[];
                    /** @description Whether the Ingress has a certificate for all its hosts. */
                    tls: boolean;
                    /** @description Whether it is being deleted. */
                    deleting: boolean;
                };
                /** @description Kinds that the backend may not read. Objects of these kinds are missing from the status. */
                unknown: ("Deployment" | "Pod" | "PersistentVolumeClaim" | "Ingress" | "IngressClass" | "Certificate" | "EndpointSlice" | "Event" | "ResourceQuota")[];
            };
            /** @description How often the containers of the current pod have been restarted. */
            restarts: number;
            /** @description Whether the next start or restart changes more than the spec says: the administrator's settings or the chart have changed since the machine was started. */
            restartPending: boolean;
            /** @description Whether deletion of the machine has been requested. */
            deleting: boolean;
            /** @description Present only if the backend has not heard from the cluster for more than 10 s: the time at which the status was last known to be current (RFC 3339). */
            staleSince?: string;
        };
        /** @description The desired state of the machine. */
        DevMachineSpec: {
            /**
             * @description CPU: a number of whole cores (2) or a quantity ("500m", "1.5").
             * @default 1
             */
            cpu?: number | string;
            /** @description Memory as a quantity, such as "4Gi". */
            memory: string;
            /** @description Room on the node's disk for everything outside the machine's disk, such as /tmp, copies of buckets and VS Code itself (0.7 GB). A machine that exceeds it is restarted, and loses what is there. Defaults to the administrator's. */
            ephemeralStorage?: string;
            /**
             * @description Number of GPUs.
             * @default 0
             */
            gpu?: number;
            /**
             * @description The extended resource that `gpu` counts. MIG slices have other names, such as nvidia.com/mig-1g.10gb.
             * @default nvidia.com/gpu
             */
            gpuResource?: string;
            /** @description Further extended resources: name and whole number, such as {"nvidia.com/gpumem": 8000} or {"rdma/hca": 1}. */
            resources?: {
                [key: string]: number;
            };
            /** @description OCI image reference. Defaults to the template's image. */
            image?: string;
            /**
             * @description When a node pulls the image. Always: at each start, so that a tag that has moved arrives with a restart. IfNotPresent: if the node does not have it. Defaults to Always for the tag latest or no tag, otherwise to IfNotPresent.
             * @enum {string}
             */
            imagePullPolicy?: "Always" | "IfNotPresent";
            /**
             * @description What runs in the machine. Without a template, the image's own command runs.
             * @enum {string}
             */
            template?: "vscode-cpu" | "vscode-gpu" | "jupyter-cpu" | "jupyter-gpu";
            /** @description Full host name of the machine. Without it, the machine is reachable only inside the cluster. */
            ingressDomain?: string;
            /** @description How ingressDomain is served. */
            ingress?: {
                /** @description IngressClass of the machine. Defaults to the administrator's, or else the cluster's default class. */
                className?: string;
                /** @description Where the certificate for ingressDomain comes from: a Secret or a cert-manager issuer. */
                tls?: {
                    /** @description Name of a Secret of type kubernetes.io/tls in the same namespace. */
                    secretName?: string;
                    /** @description The cert-manager issuer that issues the certificate. */
                    issuer?: {
                        /** @description Name of the cert-manager issuer. */
                        name: string;
                        /**
                         * @description Kind of the issuer. An Issuer is in the machine's namespace.
                         * @default Issuer
                         * @enum {string}
                         */
                        kind?: "Issuer" | "ClusterIssuer";
                    };
                };
            };
            /** @description The machine's own disk. Without it, files are lost whenever the machine stops. */
            storage?: {
                /** @description Size of the disk. It can grow but not shrink. */
                size: string;
                /** @description StorageClass of the disk. Defaults to the cluster's default class. Immutable. */
                storageClassName?: string;
                /**
                 * @description How many nodes or pods can mount the disk at the same time. Immutable.
                 * @default ReadWriteOnce
                 * @enum {string}
                 */
                accessMode?: "ReadWriteOnce" | "ReadWriteOncePod" | "ReadWriteMany";
                /** @description Where the disk is mounted in the machine. Defaults to the template's home directory, or /workspace without a template. */
                mountPath?: string;
                /**
                 * @description What happens to the disk when the machine is deleted. Retain: the disk is kept, and the next machine of the same name uses it. Delete: the disk is deleted with the machine.
                 * @default Retain
                 * @enum {string}
                 */
                retention?: "Retain" | "Delete";
            };
            /** @description Volumes that are mounted in addition to the disk. */
            mounts?: {
                /** @description Name of the mount, unique in the machine. */
                name: string;
                /**
                 * @description What is mounted. The block of the same name has the settings.
                 * @enum {string}
                 */
                type: "s3" | "nfs" | "csi" | "pvc" | "secret" | "configMap";
                /** @description Path of the mount in the machine, unique in the machine. */
                mountPath: string;
                /** @description true mounts it read-only. Mounts of type secret and configMap are always read-only. */
                readOnly?: boolean;
                /** @description A bucket of an S3 service. */
                s3?: {
                    /** @description Name of the bucket. */
                    bucket: string;
                    /** @description Mount only the objects whose key starts with this prefix. */
                    prefix?: string;
                    /** @description URL of the S3 service. Defaults to the administrator's. */
                    endpoint?: string;
                    /** @description Region of the bucket. */
                    region?: string;
                    /** @description Name of a Secret with the keys accessKeyId and secretAccessKey. */
                    secretName?: string;
                };
                /** @description A path exported by an NFS server. */
                nfs?: {
                    /** @description Host name or IP address of the server. */
                    server: string;
                    /** @description The exported path. */
                    path: string;
                };
                /** @description A path in a file system that has a CSI driver. */
                csi?: {
                    /** @description Name of the CSI driver. It must be one of the administrator's. */
                    driver: string;
                    /** @description Path in the file system of the driver: / is all that the administrator offers. */
                    path: string;
                    /** @description Name of a Secret with what the driver needs to log in. */
                    secretName?: string;
                };
                /** @description A PersistentVolumeClaim in the same namespace. */
                pvc?: {
                    /** @description Name of the PersistentVolumeClaim. */
                    claimName: string;
                };
                /** @description A Secret, mounted as one file per key. */
                secret?: {
                    /** @description Name of the Secret. */
                    name: string;
                };
                /** @description A ConfigMap, mounted as one file per key. */
                configMap?: {
                    /** @description Name of the ConfigMap. */
                    name: string;
                };
            }[];
            /** @description Environment variables. */
            env?: {
                /** @description Name of the variable. */
                name: string;
                /** @description Value of the variable. Defaults to the empty string. */
                value?: string;
                /** @description Source of the value. */
                valueFrom?: {
                    /** @description A key of a Secret. */
                    secretKeyRef: {
                        /** @description Name of a Secret in the same namespace. */
                        name: string;
                        /** @description Key in the Secret. */
                        key: string;
                        /** @description true starts the machine even if the Secret or the key does not exist. */
                        optional?: boolean;
                    };
                };
            }[];
            /** @description Command of the container. Defaults to the template's, or else the image's. */
            command?: string[];
            /** @description Arguments of the command. */
            args?: string[];
            /** @description Port on which the machine serves HTTP. Defaults to the template's. */
            port?: number;
            /** @description Labels that a node must have to run the machine, as in a pod. */
            nodeSelector?: {
                [key: string]: string;
            };
            /** @description Taints that the machine tolerates, as in a pod. */
            tolerations?: {
                /** @description Key of the taint. Without it, every taint is tolerated (operator Exists). */
                key?: string;
                /**
                 * @description How the taint is compared. Defaults to Equal.
                 * @enum {string}
                 */
                operator?: "Exists" | "Equal";
                /** @description Value of the taint, for operator Equal. */
                value?: string;
                /**
                 * @description Effect that is tolerated. Without it, all effects are.
                 * @enum {string}
                 */
                effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
                /** @description For effect NoExecute: how many seconds the taint is tolerated. Without it, the taint is tolerated forever. */
                tolerationSeconds?: number;
            }[];
            /** @description Secrets of type kubernetes.io/dockerconfigjson with the credentials for pulling the image. */
            imagePullSecrets?: {
                /** @description Name of a Secret in the same namespace. */
                name: string;
            }[];
            /**
             * @description true stops the machine. Its disk is kept.
             * @default false
             */
            stopped?: boolean;
            /** @description RFC 3339 time. Changing it restarts the machine. */
            restartedAt?: string;
        };
        /** @description A problem document (RFC 9457). */
        Problem: {
            /** @description A URN that identifies the problem type. It does not change. */
            type: string;
            /** @description The reason phrase of the HTTP status. */
            title: string;
            /** @description The HTTP status code. */
            status: number;
            /** @description A human-readable explanation. */
            detail: string;
            /** @description The request id, as in the log and in the header X-Request-Id. */
            instance: string;
            /** @description The fields at fault. */
            errors?: {
                /** @description JSON pointer (RFC 6901) to the field in the body. */
                pointer?: string;
                /** @description Name of the query parameter. */
                parameter?: string;
                /** @description What is wrong with it. */
                message: string;
                /**
                 * @description Who found the error: this API, or the Kubernetes API server.
                 * @enum {string}
                 */
                source: "request" | "kubernetes";
                /** @description The field managers that own the field. */
                managers?: string[];
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The templates. */
                        items: {
                            /**
                             * @description The value of a machine's `spec.template`.
                             * @enum {string}
                             */
                            name: "vscode-cpu" | "vscode-gpu" | "jupyter-cpu" | "jupyter-gpu";
                            /** @description The name to show to people. */
                            title: string;
                            /** @description What runs in the machine, in one sentence. */
                            description: string;
                            /**
                             * @description The IDE.
                             * @enum {string}
                             */
                            ide: "vscode" | "jupyter";
                            /** @description Whether the template is meant for machines with a GPU. */
                            gpu: boolean;
                            /** @description The image of machines that set none. */
                            image: string;
                            /** @description false: a custom image must contain the IDE. */
                            bringsIde: boolean;
                            /** @description The default port of the IDE. */
                            port: number;
                            /** @description The home directory, where the disk is mounted by default. */
                            home: string;
                            /** @description Enough for one person to work with. The API sets neither. */
                            recommended: {
                                /** @description A value for a machine's `spec.cpu`. */
                                cpu: number;
                                /** @description A value for a machine's `spec.memory`. */
                                memory: string;
                            };
                        }[];
                    };
                };
            };
            /** @description The document still has an ETag that If-None-Match lists. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDevMachines: {
        parameters: {
            query?: {
                /** @description Only machines in this namespace. */
                namespace?: string;
                /** @description Only machines in this phase. */
                phase?: "Pending" | "Starting" | "Running" | "Stopping" | "Stopped" | "Failed" | "Deleting";
                /** @description Only machines of this template. */
                template?: "vscode-cpu" | "vscode-gpu" | "jupyter-cpu" | "jupyter-gpu";
                /** @description The maximum number of machines in the response. */
                limit?: number | string;
                /** @description The `continue` of the previous page. All parameters except `limit` must be the same. */
                continue?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of statuses. */
            200: {
                headers: {
                    /** @description The version of the document, for If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description Seconds since the document was last known to match the cluster (RFC 9111, 5.1). It grows while the Kubernetes API server does not respond. */
                    Age?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The statuses, sorted by namespace and name. */
                        items: components["schemas"]["MachineStatus"][];
                        /** @description An opaque token for the next page. Absent on the last page. */
                        continue?: string;
                        /** @description How many machines currently follow this page. */
                        remaining: number;
                        /** @description Present only if the backend has not heard from the cluster for more than 10 s: the time at which the status was last known to be current (RFC 3339). */
                        staleSince?: string;
                    };
                };
            };
            /** @description The document still has an ETag that If-None-Match lists. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replaceDevMachine: {
        parameters: {
            query?: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description true: take ownership of fields that other field managers own. */
                force?: "true" | "false";
                /** @description true: validate the request on the cluster, but store nothing. */
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description The ETag of a status of the machine, or a list of them, or `*`. The machine is replaced only if its spec has not changed since that status. */
                "if-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description A development machine in a request. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DevMachineManifest"];
            };
        };
        responses: {
            /** @description The new machine; with dryRun, as it would be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenDevMachine"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Payload Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDevMachine: {
        parameters: {
            query?: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description true: validate the request on the cluster, but store nothing. */
                dryRun?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A development machine in a request. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DevMachineManifest"];
            };
        };
        responses: {
            /** @description The same machine already exists; or, with dryRun, the machine that would be created. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenDevMachine"];
                };
            };
            /** @description The machine was created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenDevMachine"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Payload Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDevMachine: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description true: also delete the disk and the access Secret. */
                purge?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: the machine is being deleted, or is gone. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Name of the machine. */
                        name: string;
                        /** @description Namespace of the machine. */
                        namespace: string;
                    };
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Payload Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopDevMachine: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description true: take ownership of the power state if another field manager owns it. */
                force?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: the machine with its new spec. Its status shows the progress. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DevMachine"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startDevMachine: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description true: take ownership of the power state if another field manager owns it. */
                force?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: the machine with its new spec. Its status shows the progress. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DevMachine"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restartDevMachine: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description true: take ownership of the power state if another field manager owns it. */
                force?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: the machine with its new spec. Its status shows the progress. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DevMachine"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDevMachineStatus: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description Wait until the machine is in this phase or in Failed. `Deleted` waits until it is gone, which is a 404. */
                waitFor?: "Pending" | "Starting" | "Running" | "Stopping" | "Stopped" | "Failed" | "Deleting" | "Deleted";
                /** @description With `waitFor`: how long to wait. After that, the current status is returned. */
                timeoutSeconds?: number | string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status. */
            200: {
                headers: {
                    /** @description The version of the document, for If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description Seconds since the document was last known to match the cluster (RFC 9111, 5.1). It grows while the Kubernetes API server does not respond. */
                    Age?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MachineStatus"];
                };
            };
            /** @description The document still has an ETag that If-None-Match lists. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDevMachineAccess: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How to sign in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description URL of the machine. Absent while nobody serves it, as in the status. */
                        url?: string;
                        /**
                         * @description What the IDE asks for. `password` and `token`: for `password`. `proxy`: nothing, because the administrator's authenticating proxy signs people in. `none`: nothing is known, because the machine runs a command of its user, or has no template.
                         * @enum {string}
                         */
                        kind: "password" | "token" | "proxy" | "none";
                        /** @description The password or token. Absent with `proxy`. With `none`, the process has it in the variable DEVMACHINE_PASSWORD (with a template, in that of the IDE), and may ask for it. */
                        password?: string;
                    };
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDevMachineLogs: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description A container of the pod, init containers included. By default, the one of the machine itself. */
                container?: string;
                /** @description Only this many lines, at the end. By default, all that the node has kept. */
                tailLines?: number | string;
                /** @description Only lines that are not older than this. */
                sinceSeconds?: number | string;
                /** @description true: the log of the container before its last restart. */
                previous?: "true" | "false";
                /** @description true: go on with what the container writes from now on. */
                follow?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The log. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openDevMachineTerminal: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
                /** @description A container of the pod, init containers included. By default, the one of the machine itself. */
                container?: string;
                /** @description The command; its arguments follow as further parameters `command`. No shell interprets it. The request line and all headers have at most 16 KiB. By default, a login shell in the machine's home directory: `$SHELL`, bash or sh. */
                command?: string[] | string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The WebSocket is open, with the sub-protocol `devmachine.terminal.v1`. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Upgrade Required */
            426: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDevMachineTimeline: {
        parameters: {
            query: {
                /** @description Namespace of the machine. */
                namespace?: string;
                /** @description Name of the machine: lowercase letters, digits and dashes, starting with a letter. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description What happened, the oldest first: the newest 500. */
                        items: {
                            /** @description When it happened first (RFC 3339). */
                            time: string;
                            /** @description When it happened last (RFC 3339). */
                            lastTime: string;
                            /** @description How often it happened. */
                            count: number;
                            /** @description Normal or Warning. */
                            type: string;
                            /** @description Machine-readable reason, such as Scheduled or SpecChanged. */
                            reason: string;
                            /** @description What happened, for people. */
                            message: string;
                            /** @description The object that it happened to. It may be gone. */
                            object: {
                                /** @description Kind of the object, such as Pod. */
                                kind: string;
                                /** @description Name of the object. */
                                name: string;
                            };
                        }[];
                        /** @description Whether items are missing: there are more than 500, or more than 20,000 events in the namespace. */
                        incomplete: boolean;
                    };
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamDevMachineEvents: {
        parameters: {
            query?: {
                /** @description Only machines in this namespace. */
                namespace?: string;
                /** @description Only machines with this name. */
                name?: string;
            };
            header?: {
                /** @description The id of the last event received from a stream with the same query. The stream resumes after it. */
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. It has no end: either side may close the connection. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDisks: {
        parameters: {
            query?: {
                /** @description Namespace of the disks. */
                namespace?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The disks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The disks, sorted by name. */
                        items: {
                            /** @description Name of the PersistentVolumeClaim. */
                            name: string;
                            /** @description The machine that it belonged to. The next machine of this name gets the disk. */
                            machine: string;
                            /** @description Capacity of the disk; the requested size until the claim is bound. */
                            size: string;
                            /** @description StorageClass of the disk. */
                            storageClassName?: string;
                            /** @description When it was created (RFC 3339). */
                            createdAt: string;
                        }[];
                    };
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDisk: {
        parameters: {
            query: {
                /** @description Namespace of the disks. */
                namespace?: string;
                /** @description Name of the disk, as in the list. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: the disk is being deleted, or is gone. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Name of the disk. */
                        name: string;
                        /** @description Namespace of the disk. */
                        namespace: string;
                    };
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Payload Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNamespaces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The namespaces. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The namespaces, sorted by name. */
                        items: {
                            /** @description Name of the namespace. */
                            name: string;
                        }[];
                        /** @description Whether there may be more: the caller may not list machines in all namespaces, and there are more than 500; or the backend may not list namespaces, and only those with machines are known. */
                        incomplete: boolean;
                    };
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Misdirected Request */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
