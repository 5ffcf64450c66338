{{/*
Rules that a schema cannot express, because they depend on the template or the administrator's settings. They apply to what
is started, not to what runs already. Call with (dict "root" $ "machine" $machine).
*/}}
{{- define "devmachine.check" -}}
{{- $values := .root.Values -}}
{{- $machine := .machine -}}

{{- if not $machine.image -}}
{{- fail "image is required unless template is set." -}}
{{- end -}}

{{- if and $values.ingressDomain (not (int64 $machine.port)) -}}
{{- fail "ingressDomain needs a port: set port to the port on which the machine serves HTTP, or set template." -}}
{{- end -}}

{{- if not (has $machine.admin.unguardedIngress (list "allow" "refuse")) -}}
{{- fail "The administrator's setting unguardedIngress must be allow or refuse." -}}
{{- end -}}
{{- /* A stopped machine serves nothing, and must always render: otherwise nobody could stop a machine of this kind. */ -}}
{{- if and $values.ingressDomain (eq $machine.guard "own") (eq $machine.admin.unguardedIngress "refuse") (not $values.stopped) -}}
{{- fail "ingressDomain: without a template, or with its own command or args, nothing is known to guard the machine with a password. Remove ingressDomain, use a template without command and args, or ask the administrator to set up an authenticating proxy." -}}
{{- end -}}

{{- $reserved := append ($machine.template.reservedVariables | default list) "DEVMACHINE_PASSWORD" -}}
{{- range $values.env -}}
{{- if has .name $reserved -}}
{{- fail (printf "env: %s guards the access to the machine and cannot be set. Remove it." .name) -}}
{{- end -}}
{{- end -}}

{{- range $values.mounts -}}
{{- if eq .mountPath $machine.idePath -}}
{{- fail (printf "mounts: %s is where the IDE is. Choose another mountPath." .mountPath) -}}
{{- end -}}
{{- if and $machine.template.bringsIde (has .mountPath (list "/etc/passwd" "/etc/group")) -}}
{{- fail (printf "mounts: %s is a file of the machine's user. Choose another mountPath." .mountPath) -}}
{{- end -}}
{{- if and $values.storage (eq .mountPath $machine.diskPath) -}}
{{- fail (printf "mounts: %s is where the machine's disk is (storage.mountPath). Choose another mountPath." .mountPath) -}}
{{- end -}}
{{- end -}}

{{- range $values.mounts -}}
{{- if and (eq .type "s3") $machine.admin.s3Driver -}}
{{- $prefix := get .s3 "prefix" | default "" -}}
{{- /* Drivers split options at spaces and commas, and some use the prefix as a path. */ -}}
{{- if not (regexMatch `^[-A-Za-z0-9._/=+@]*$` $prefix) -}}
{{- fail "mounts: with a CSI driver, the prefix of an s3 mount can contain only letters, digits and -._/=+@" -}}
{{- end -}}
{{- if has ".." (splitList "/" $prefix) -}}
{{- fail "mounts: with a CSI driver, the prefix of an s3 mount cannot contain the path segment .." -}}
{{- end -}}
{{- end -}}
{{- /* Nor does a stopped machine mount anything. */ -}}
{{- if and (eq .type "csi") (not $values.stopped) -}}
{{- $drivers := include "devmachine.csiDrivers" $machine.admin | fromJson -}}
{{- if not (hasKey $drivers .csi.driver) -}}
{{- fail (printf "mounts: the administrator does not offer the CSI driver %s. Drivers: %s." .csi.driver (keys $drivers | sortAlpha | join ", " | default "none")) -}}
{{- end -}}
{{- if not (contains "{volume}" (get (get $drivers .csi.driver) "volumeHandle")) -}}
{{- fail (printf "The administrator's setting csiDrivers: the volumeHandle of %s must contain {volume}, because a node hangs if two volumes have one handle." .csi.driver) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .type "pvc") (not $values.stopped) -}}
{{- $claim := lookup "v1" "PersistentVolumeClaim" $.root.Release.Namespace .pvc.claimName | default dict -}}
{{- $owner := dig "metadata" "labels" "ide.example.com/devmachine" "" $claim -}}
{{- if and $owner (ne $owner $.root.Release.Name) -}}
{{- fail (printf "mounts: the claim %s belongs to the machine %s." .pvc.claimName $owner) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- if and $machine.admin.tlsClusterIssuer $machine.admin.tlsSecretName -}}
{{- fail "Only one of the administrator's settings tlsClusterIssuer and tlsSecretName can be set." -}}
{{- end -}}
{{- end -}}

{{/*
A new machine must not adopt a terminating object of an earlier machine of the same name, because it would soon be gone.
The operator retries until the object is gone. Call with (dict "root" $ "object" $resultOfLookup).
*/}}
{{- define "devmachine.refuseTerminating" -}}
{{- if and .root.Release.IsInstall (dig "metadata" "deletionTimestamp" "" .object) -}}
{{- fail (printf "%s %s of an earlier machine is still being deleted." .object.kind .object.metadata.name) -}}
{{- end -}}
{{- end -}}

{{/*
The cluster refuses to expand a disk whose StorageClass does not allow it. If this check fails, the machine stays as it
is. If the cluster refused it in the middle of an upgrade, the operator would roll back by force on every reconcile. Call
with the name of the StorageClass.
*/}}
{{- define "devmachine.refuseRigidClass" -}}
{{- $class := dict -}}
{{- /* Without a name, lookup would list all StorageClasses. */ -}}
{{- if . -}}{{- $class = lookup "storage.k8s.io/v1" "StorageClass" "" . -}}{{- end -}}
{{- if not (get $class "allowVolumeExpansion") -}}
{{- fail (printf "storage.size: the disk cannot grow because its StorageClass %q does not allow expansion." .) -}}
{{- end -}}
{{- end -}}
