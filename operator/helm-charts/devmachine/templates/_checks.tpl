{{/* What no schema can say, because it depends on the template or on the administrator. Call with (dict "root" $ "machine" $machine). */}}
{{- define "devmachine.check" -}}
{{- $values := .root.Values -}}
{{- $machine := .machine -}}

{{- if not $machine.image -}}
{{- fail "image is required where there is no template." -}}
{{- end -}}

{{- if and $values.ingressDomain (not (int64 $machine.port)) -}}
{{- fail "ingressDomain needs a port: set port to the one that the machine serves HTTP on, or choose a template." -}}
{{- end -}}

{{- if not (has $machine.admin.unguardedIngress (list "allow" "refuse")) -}}
{{- fail "The administrator's value unguardedIngress must be allow or refuse." -}}
{{- end -}}
{{- if and $values.ingressDomain (eq $machine.guard "own") (eq $machine.admin.unguardedIngress "refuse") -}}
{{- fail "ingressDomain: without a template, or with a command or args of its own, nothing is known to guard the machine with a password. Leave out ingressDomain, use a template's own command, or have the administrator put an authenticating proxy before all machines." -}}
{{- end -}}

{{- $reserved := append ($machine.template.reservedVariables | default list) "DEVMACHINE_PASSWORD" -}}
{{- range $values.env -}}
{{- if has .name $reserved -}}
{{- fail (printf "env: %s guards the access to the machine and cannot be set." .name) -}}
{{- end -}}
{{- end -}}

{{- range $values.mounts -}}
{{- if eq .mountPath $machine.idePath -}}
{{- fail (printf "mounts: %s is where the IDE is." .mountPath) -}}
{{- end -}}
{{- if and $values.storage (eq .mountPath $machine.diskPath) -}}
{{- fail (printf "mounts: %s is where the machine's disk is (storage.mountPath)." .mountPath) -}}
{{- end -}}
{{- end -}}

{{- if and $machine.admin.tlsClusterIssuer $machine.admin.tlsSecretName -}}
{{- fail "Only one of the administrator's values tlsClusterIssuer and tlsSecretName can be set." -}}
{{- end -}}
{{- end -}}

{{/*
A new machine must not take over what an old one of the same name has left behind to be deleted: it would soon be gone.
The operator tries again until the old object is. Call with (dict "root" $ "object" what lookup answered).
*/}}
{{- define "devmachine.refuseTerminating" -}}
{{- if and .root.Release.IsInstall (dig "metadata" "deletionTimestamp" "" .object) -}}
{{- fail (printf "%s %s of an earlier machine is still being deleted." .object.kind .object.metadata.name) -}}
{{- end -}}
{{- end -}}

{{/*
The cluster refuses to let a disk grow whose class does not allow it. Refused here, the rest of the machine stays as it
is; refused there, in the midst of an upgrade, the operator would roll back by force, again and again. Call with the name.
*/}}
{{- define "devmachine.refuseRigidClass" -}}
{{- $class := dict -}}
{{- /* Without a name, lookup would list. */ -}}
{{- if . -}}{{- $class = lookup "storage.k8s.io/v1" "StorageClass" "" . -}}{{- end -}}
{{- if not (get $class "allowVolumeExpansion") -}}
{{- fail (printf "storage.size: the disk cannot grow, its StorageClass %q does not allow it." .) -}}
{{- end -}}
{{- end -}}
