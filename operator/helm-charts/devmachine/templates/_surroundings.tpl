{{/*
What surrounds the pod, as a JSON array of objects. Each one has its own manifest in an annotation: whoever reads that from
the cluster knows what the cluster has accepted. Call with (dict "root" $ "start" $start).
*/}}
{{- define "devmachine.surroundings" -}}
{{- $objects := list -}}
{{- $texts := list
  (include "devmachine.networkPolicy" .)
  (include "devmachine.namespacePolicy" .)
  (include "devmachine.disk" .root)
  (include "devmachine.service" .)
  (include "devmachine.ingress" .)
-}}
{{- range $texts -}}
{{- with fromYaml . -}}
{{- $annotations := .metadata.annotations | default dict -}}
{{- $recorded := merge (dict "ide.example.com/manifest" (toRawJson .)) $annotations -}}
{{- $_ := set .metadata "annotations" $recorded -}}
{{- $objects = append $objects . -}}
{{- end -}}
{{- end -}}
{{- toRawJson $objects -}}
{{- end -}}

{{/*
The surroundings that the cluster has accepted, as JSON. Call with (dict "surroundings" $surroundings).

  current  whether they are the given ones
  known    whether the manifest of each is known: version 0.1.0 of this chart did not record it
  objects  the ones that exist
*/}}
{{- define "devmachine.appliedSurroundings" -}}
{{- $current := true -}}
{{- $known := true -}}
{{- $objects := list -}}
{{- range .surroundings -}}
{{- $live := lookup .apiVersion .kind .metadata.namespace .metadata.name | default dict -}}
{{- $manifest := dig "metadata" "annotations" "ide.example.com/manifest" "" $live -}}
{{- if ne $manifest (get .metadata.annotations "ide.example.com/manifest") -}}{{- $current = false -}}{{- end -}}
{{- $object := $manifest | default "{}" | fromJson -}}
{{- if include "devmachine.isSameObject" (list . $object) -}}
{{- $annotations := merge (dict "ide.example.com/manifest" $manifest) ($object.metadata.annotations | default dict) -}}
{{- $_ := set $object.metadata "annotations" $annotations -}}
{{- $objects = append $objects $object -}}
{{- else if $live -}}
{{- $known = false -}}
{{- end -}}
{{- end -}}
{{- dict "current" $current "known" $known "objects" $objects | toRawJson -}}
{{- end -}}

{{/* "true" if two manifests are of one object, otherwise empty: whoever may change an object may change its annotation. Call with (list $one $other). */}}
{{- define "devmachine.isSameObject" -}}
{{- $identities := list -}}
{{- range . -}}
{{- $identities = append $identities (list (get . "apiVersion") (get . "kind") (dig "metadata" "namespace" "" .) (dig "metadata" "name" "" .) | toRawJson) -}}
{{- end -}}
{{- if eq (index $identities 0) (index $identities 1) }}true{{ end -}}
{{- end -}}
