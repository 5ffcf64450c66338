{{/*
What a machine is started with. As long as its spec is the same, a machine keeps the pod template that it was started with,
whatever changes in the administrator's settings or in this chart: a new template would restart it, and end somebody's work.
The guard and the volumes stay with the template, because they must match it. All of them change together at the next change
of the spec, which includes a stop, a start and a restart.

A start is JSON:

  podTemplate        the pod template
  proxyAnnotations   of the Ingress, for the guard proxy
  stopped            whether the machine has no pod
  metadata           the administrator's labels and annotations of the Deployment
  guard, portName    see devmachine.machine and _service.tpl
  guardLabel         whether the pod has the label ide.example.com/guard
  volumes            the PersistentVolumes of mounts: {claim, source}

The first four are recorded in an annotation of the Deployment; the others follow from the pod template. The Deployment
itself cannot be the record: a field that somebody else changed there must be put back. Whoever may change the Deployment may
change the record, too, so nothing in it leads to more than the Deployment can do: volumes come from the cluster.
*/}}

{{/* What a machine that is started now gets. */}}
{{- define "devmachine.newStart" -}}
{{- $machine := include "devmachine.machine" . | fromJson -}}
{{- $context := dict "root" . "machine" $machine "namespace" .Release.Namespace -}}
{{- $volumes := list -}}
{{- range .Values.mounts -}}
{{- $mount := merge (dict "mount" .) $context -}}
{{- /* A driver that the administrator does not list gets no volume, not even for a machine that is stopped. */ -}}
{{- if and (eq (include "devmachine.mountMethod" $mount) "claim") (include "devmachine.volumeSource" $mount) -}}
{{- $volumes = append $volumes (include "devmachine.volume" $mount | fromJson) -}}
{{- end -}}
{{- end -}}
{{- $proxyAnnotations := dict -}}
{{- if eq $machine.guard "proxy" -}}
{{- $proxyAnnotations = include "devmachine.mapping" (list $machine.admin "authProxyAnnotations") | fromJson -}}
{{- end -}}
{{- include "devmachine.completeStart" (dict
  "root" .
  "podTemplate" (include "devmachine.podTemplate" $context | fromYaml)
  "proxyAnnotations" $proxyAnnotations
  "stopped" .Values.stopped
  "metadata" (include "devmachine.addedMetadata" $machine.admin | fromJson)
  "volumes" $volumes
) -}}
{{- end -}}

{{/*
The machine's Deployment as JSON; an empty object before the first release is deployed. Call with the root.
*/}}
{{- define "devmachine.deployment" -}}
{{- if not (hasKey . "devmachineDeployment") -}}
{{- $deployment := dict -}}
{{- if .Release.IsUpgrade -}}
{{- $deployment = lookup "apps/v1" "Deployment" .Release.Namespace .Release.Name | default dict -}}
{{- end -}}
{{- $_ := set . "devmachineDeployment" (toRawJson $deployment) -}}
{{- end -}}
{{- .devmachineDeployment -}}
{{- end -}}

{{/*
The record of what the machine was started with, as JSON; an empty object without one: version 0.1.0 of this chart had none,
and there is none if it would be too large for an annotation. Call with the root.
*/}}
{{- define "devmachine.record" -}}
{{- $deployment := include "devmachine.deployment" . | fromJson -}}
{{- $record := dig "metadata" "annotations" "ide.example.com/started-with" "{}" $deployment | fromJson -}}
{{- ternary $record dict (hasKey $record "podTemplate") | toRawJson -}}
{{- end -}}

{{/* The pod template of the record, or else of the Deployment, as JSON; an empty object without a Deployment. Call with the root. */}}
{{- define "devmachine.recordedTemplate" -}}
{{- $record := include "devmachine.record" . | fromJson -}}
{{- $template := dig "spec" "template" dict (include "devmachine.deployment" . | fromJson) -}}
{{- with $template.metadata -}}{{- $_ := unset . "creationTimestamp" -}}{{- end -}}
{{- get $record "podTemplate" | default $template | toRawJson -}}
{{- end -}}

{{/*
What the machine was started with. Without a record, it is read from the machine's objects. Call with
(dict "root" $ "volumes" $knownVolumes).
*/}}
{{- define "devmachine.recordedStart" -}}
{{- $record := include "devmachine.record" .root | fromJson -}}
{{- if not $record -}}
{{- $deployment := include "devmachine.deployment" .root | fromJson -}}
{{- $stopped := eq (int64 $deployment.spec.replicas) 0 -}}
{{- $proxyAnnotations := include "devmachine.liveAnnotations" .root | fromJson -}}
{{- $record = dict "proxyAnnotations" $proxyAnnotations "stopped" $stopped -}}
{{- end -}}
{{- $_ := set $record "podTemplate" (include "devmachine.recordedTemplate" .root | fromJson) -}}
{{- include "devmachine.completeStart" (merge (pick $record "podTemplate" "proxyAnnotations" "stopped" "metadata") (pick . "root" "volumes")) -}}
{{- end -}}

{{/* The annotations of the machine's Ingress, without those of Helm and of the certificate. */}}
{{- define "devmachine.liveAnnotations" -}}
{{- $ingress := lookup "networking.k8s.io/v1" "Ingress" .Release.Namespace .Release.Name | default dict -}}
{{- $annotations := dict -}}
{{- range $key, $value := dig "metadata" "annotations" dict $ingress -}}
{{- if not (regexMatch `^(meta\.helm\.sh|cert-manager\.io|ide\.example\.com)/` $key) -}}
{{- $_ := set $annotations $key $value -}}
{{- end -}}
{{- end -}}
{{- toRawJson $annotations -}}
{{- end -}}

{{/* Adds what follows from the pod template. Call with (dict "root" $ "podTemplate" … "proxyAnnotations" … "stopped" … "metadata" … "volumes" $knownVolumes). */}}
{{- define "devmachine.completeStart" -}}
{{- $guardLabel := dig "metadata" "labels" "ide.example.com/guard" "" .podTemplate -}}
{{- $guard := $guardLabel -}}
{{- if not (has $guard (list "password" "proxy" "own")) -}}
{{- $guard = include "devmachine.unlabeledGuard" . -}}
{{- end -}}
{{- dict
  "podTemplate" .podTemplate
  "proxyAnnotations" (ternary .proxyAnnotations dict (eq $guard "proxy"))
  "stopped" .stopped
  "metadata" (dict "labels" (dig "metadata" "labels" dict .) "annotations" (dig "metadata" "annotations" dict .))
  "guard" $guard
  "portName" (ternary (print "http-" $guard) "http" (ne $guardLabel ""))
  "guardLabel" (ne $guardLabel "")
  "volumes" (include "devmachine.volumesOf" . | fromJsonArray)
  | toRawJson -}}
{{- end -}}

{{/* The guard of a pod template of version 0.1.0: without the proxy, the container has the password. */}}
{{- define "devmachine.unlabeledGuard" -}}
{{- $access := include "devmachine.accessName" .root -}}
{{- $machine := include "devmachine.machine" .root | fromJson -}}
{{- $guard := "proxy" -}}
{{- range .podTemplate.spec.containers -}}
{{- range .env -}}
{{- if eq (dig "valueFrom" "secretKeyRef" "name" "" .) $access -}}
{{- $guard = ternary "own" "password" $machine.ownServer -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $guard -}}
{{- end -}}

{{/*
The volumes of the mounts in a pod template. Those that are not known are read from the cluster, if this chart has created
them for this machine.
*/}}
{{- define "devmachine.volumesOf" -}}
{{- $root := .root -}}
{{- $known := dict -}}
{{- range .volumes -}}{{- $_ := set $known .claim . -}}{{- end -}}
{{- $volumes := list -}}
{{- range .podTemplate.spec.volumes -}}
{{- $claim := dig "persistentVolumeClaim" "claimName" "" . -}}
{{- if hasKey $known $claim -}}
{{- $volumes = append $volumes (get $known $claim) -}}
{{- else if hasPrefix (print $root.Release.Name "-m-") $claim -}}
{{- $volume := lookup "v1" "PersistentVolume" "" (print $root.Release.Namespace "-" $claim) | default dict -}}
{{- $labels := dig "metadata" "labels" dict $volume -}}
{{- $isOwn := and (eq (get $labels "ide.example.com/devmachine") $root.Release.Name) (eq (get $labels "ide.example.com/devmachine-namespace") $root.Release.Namespace) -}}
{{- if $isOwn -}}
{{- $volumes = append $volumes (dict "claim" $claim "source" (pick $volume.spec "mountOptions" "nfs" "csi")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toRawJson $volumes -}}
{{- end -}}

{{/*
An object as YAML, exactly. toYaml changes strings that contain a line feed and one of the characters that only YAML 1.1
treats as a line break; JSON with escapes is YAML, too.
*/}}
{{- define "devmachine.yaml" -}}
{{- $yaml := toYaml . -}}
{{- if eq ($yaml | fromYaml | toRawJson) (toRawJson .) -}}
{{- $yaml -}}
{{- else -}}
{{- $json := toRawJson . -}}
{{- range untilStep 127 160 1 -}}{{- $json = replace (printf "%c" .) (printf "\\u%04x" .) $json -}}{{- end -}}
{{- replace "\ufeff" "\\ufeff" $json -}}
{{- end -}}
{{- end -}}
