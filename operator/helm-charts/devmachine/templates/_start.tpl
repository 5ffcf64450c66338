{{/*
What a machine is started with, as JSON. As long as its spec is the same, a machine keeps the pod template that it was started
with, whatever changes in the administrator's settings or in this chart: a new template would restart it, and end
somebody's work. The guard and the volumes stay with the template, because they must match it. All of them change together
at the next change of the spec, which includes a stop, a start and a restart.

  podTemplate        as YAML, exactly as it was rendered
  guard              see devmachine.machine
  portName           the name of the container's port; it differs for each guard, see service.yaml
  guardLabel         whether the pod has the label ide.example.com/guard
  proxyAnnotations   of the Ingress, for the guard proxy
  volumes            the PersistentVolumes of mounts: {claim, source}
  stopped            whether the machine has no pod

It is recorded in an annotation of the Deployment. The Deployment itself cannot be the record: a field that somebody else
changed there must be put back.
*/}}
{{- define "devmachine.newStart" -}}
{{- $machine := include "devmachine.machine" . | fromJson -}}
{{- $context := dict "root" . "machine" $machine "namespace" .Release.Namespace -}}
{{- $volumes := list -}}
{{- range .Values.mounts -}}
{{- $mount := merge (dict "mount" .) $context -}}
{{- if eq (include "devmachine.mountMethod" $mount) "claim" -}}
{{- $volumes = append $volumes (include "devmachine.volume" $mount | fromJson) -}}
{{- end -}}
{{- end -}}
{{- $proxyAnnotations := dict -}}
{{- if eq $machine.guard "proxy" -}}
{{- $proxyAnnotations = include "devmachine.mapping" (list $machine.admin "authProxyAnnotations") | fromJson -}}
{{- end -}}
{{- dict
  "stopped" .Values.stopped
  "podTemplate" (include "devmachine.podTemplate" $context)
  "guard" $machine.guard
  "portName" $machine.portName
  "guardLabel" true
  "proxyAnnotations" $proxyAnnotations
  "volumes" $volumes
  | toRawJson -}}
{{- end -}}

{{/*
What the machine that runs was started with, as JSON; null if that is unknown. Call with
(dict "root" $ "deployment" $deployment).
*/}}
{{- define "devmachine.recordedStart" -}}
{{- $record := dig "metadata" "annotations" "ide.example.com/started-with" "" .deployment -}}
{{- $record | default (include "devmachine.unrecordedStart" .) -}}
{{- end -}}

{{/*
What a machine was started with, read from its objects, if there is no record: version 0.1.0 of this chart had none, and
there is none if it would be too large for an annotation. Call as devmachine.recordedStart.
*/}}
{{- define "devmachine.unrecordedStart" -}}
{{- $root := .root -}}
{{- $template := .deployment.spec.template -}}
{{- $machine := include "devmachine.machine" $root | fromJson -}}
{{- $access := include "devmachine.accessName" $root -}}
{{- $guardLabel := dig "labels" "ide.example.com/guard" "" $template.metadata -}}
{{- $guard := $guardLabel | default "proxy" -}}
{{- range $template.spec.containers -}}
{{- if eq .name "machine" -}}
{{- range .env -}}
{{- if eq (dig "valueFrom" "secretKeyRef" "name" "" .) $access -}}
{{- $guard = ternary "own" "password" $machine.ownServer -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $proxyAnnotations := dict -}}
{{- if eq $guard "proxy" -}}
{{- $ingress := lookup "networking.k8s.io/v1" "Ingress" $root.Release.Namespace $root.Release.Name | default dict -}}
{{- range $key, $value := dig "metadata" "annotations" dict $ingress -}}
{{- if not (regexMatch `^(meta\.helm\.sh|cert-manager\.io)/` $key) -}}
{{- $_ := set $proxyAnnotations $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $volumes := list -}}
{{- range $template.spec.volumes -}}
{{- $claim := dig "persistentVolumeClaim" "claimName" "" . -}}
{{- if hasPrefix (print $root.Release.Name "-m-") $claim -}}
{{- $volume := lookup "v1" "PersistentVolume" "" (print $root.Release.Namespace "-" $claim) | default dict -}}
{{- with $volume.spec -}}
{{- $volumes = append $volumes (dict "claim" $claim "source" (pick . "mountOptions" "nfs" "csi")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := unset $template.metadata "creationTimestamp" -}}
{{- $text := toYaml $template -}}
{{- if eq ($text | fromYaml | toRawJson) (toRawJson $template) -}}
{{- dict
  "stopped" (eq (int64 .deployment.spec.replicas) 0)
  "podTemplate" $text
  "guard" $guard
  "portName" (ternary (print "http-" $guard) "http" (ne $guardLabel ""))
  "guardLabel" (ne $guardLabel "")
  "proxyAnnotations" $proxyAnnotations
  "volumes" $volumes
  | toRawJson -}}
{{- else -}}
{{- /* YAML cannot represent some strings with unusual line breaks exactly. */ -}}
null
{{- end -}}
{{- end -}}

{{/* The same JSON for pod templates that differ in their text only. */}}
{{- define "devmachine.comparableStart" -}}
{{- set (omit . "stopped") "podTemplate" (fromYaml .podTemplate) | toRawJson -}}
{{- end -}}
