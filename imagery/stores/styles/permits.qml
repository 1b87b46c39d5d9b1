<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22" styleCategories="Symbology|Labeling|Fields|MapTips" labelsEnabled="1" simplifyDrawingHints="1" hasScaleBasedVisibilityFlag="0">
  <renderer-v2 type="categorizedSymbol" attr="drawing" symbollevels="0" forceraster="0" enableorderby="0">
    <categories>
      <category value="surveyed" symbol="0" label="Vergunde grond, ingemeten" render="true"/>
      <category value="parcel" symbol="1" label="Vergunde grond volgens de kadastrale kaart" render="true"/>
      <category value="sketch" symbol="2" label="Vergunde grond, getekend op een kaart" render="true"/>
      <category value="address_point" symbol="3" label="Cirkel om een adrespunt" render="true"/>
      <category value="" symbol="4" label="Anders" render="true"/>
    </categories>
    <symbols>
      <symbol type="fill" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="0,109,119,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="0,109,119,255"/>
            <Option name="outline_width" type="QString" value="0.7"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="solid"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="1" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="0,109,119,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="0,109,119,255"/>
            <Option name="outline_width" type="QString" value="0.6"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="2" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="0,109,119,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="0,109,119,255"/>
            <Option name="outline_width" type="QString" value="0.5"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="3" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="0,109,119,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="0,109,119,255"/>
            <Option name="outline_width" type="QString" value="0.4"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="4" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="140,140,140,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="140,140,140,255"/>
            <Option name="outline_width" type="QString" value="0.4"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
    </symbols>
  </renderer-v2>
  <labeling type="simple">
    <settings calloutType="simple">
      <text-style fieldName='"reference"' isExpression="1" fontSize="9" fontSizeUnit="Point" textColor="0,79,87,255" textOpacity="1" fontWeight="50" namedStyle="Regular">
        <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9" bufferJoinStyle="128" bufferNoFill="1"/>
      </text-style>
      <placement placement="1" centroidInside="1" priority="3"/>
      <rendering drawLabels="1" obstacle="0" scaleVisibility="1" scaleMin="1" scaleMax="50000" upsidedownLabels="0"/>
    </settings>
  </labeling>
  <aliases>
    <alias index="1" field="permit_id" name="Kenmerk in deze screening"/>
    <alias index="2" field="reference" name="Vergunning"/>
    <alias index="3" field="activities" name="Activiteiten"/>
    <alias index="4" field="valid_from" name="Geldig vanaf"/>
    <alias index="5" field="valid_to" name="Geldig tot en met"/>
    <alias index="6" field="area_limit_m2" name="Grens oppervlakte (m²)"/>
    <alias index="7" field="authority" name="Bevoegd gezag"/>
    <alias index="8" field="drawing" name="Hoe getekend"/>
    <alias index="9" field="accuracy_m" name="Nauwkeurigheid grens (m)"/>
    <alias index="10" field="site_id" name="Locatie"/>
  </aliases>
  <previewExpression>"reference"</previewExpression>
  <mapTip>&lt;b>[% "reference" %]&lt;/b>&lt;br>[% "activities" %]&lt;br>[% "valid_from" %] – [% "valid_to" %]</mapTip>
  <layerGeometryType>2</layerGeometryType>
</qgis>
